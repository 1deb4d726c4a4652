import Glibc

extension Workload {
  /// A whole process that only says its version, against one that does nothing.
  static let start = Workload(
    name: "start", usage: "", summary: "start `writ --version`, against `true`"
  ) { options in
    guard options.wants("start") else { return true }
    guard let writ = siblingProgram else {
      reportError("no writ beside writ-bench")
      return false
    }
    let passes = options.isQuick ? 5 : 41
    let nothing = Figure(passes: passes, each: 1_000_000, of: .wall) { spawn(["/bin/true"]) }
    let version = Figure(passes: passes, each: 1_000_000, of: .wall) { spawn([writ, "--version"]) }
    report("start", version, unit: "ms", anchor: nothing.median, target: 5)
    return true
  }

  /// Starts a program without a shell and waits for its end; what it says goes nowhere.
  private static func spawn(_ words: [String]) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var arguments = words.map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]
    var child: pid_t = 0
    if posix_spawn(&child, words[0], &actions, nil, &arguments, &environment) == 0 {
      var status: Int32 = 0
      waitpid(child, &status, 0)
    }
    for argument in arguments { free(argument) }
    posix_spawn_file_actions_destroy(&actions)
  }
}

/// `writ` where this program stands.
var siblingProgram: String? {
  var buffer = [CChar](repeating: 0, count: 4096)
  guard readlink("/proc/self/exe", &buffer, buffer.count - 1) > 0 else { return nil }
  let path = String(
    decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  guard let slash = path.lastIndex(of: "/") else { return nil }
  let writ = path[..<slash] + "/writ"
  return access(String(writ), X_OK) == 0 ? String(writ) : nil
}
