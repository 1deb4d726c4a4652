import Glibc

/// Something that `writ-bench NAME` does.
struct Workload: Sendable {
  let name: String
  /// What stands behind its name.
  let usage: String
  let summary: String
  /// Whether `writ-bench` without a name measures it too.
  var isPartOfAll = true
  /// False: it could not be done.
  let run: @Sendable (Options) -> Bool

  /// What stands behind a workload's name.
  struct Options {
    var isQuick = false
    /// Only figures of this name, or whose name begins so.
    var only = ""
    var operands: [String] = []

    func wants(_ name: String) -> Bool { Self.isWanted(name, only: only) }

    /// `load-10000` is not how `load-100000` begins: numbers count whole.
    static func isWanted(_ name: String, only: String) -> Bool {
      guard name.hasPrefix(only) else { return false }
      let next = name.dropFirst(only.count).first
      return !(only.last?.isNumber ?? false) || !(next?.isNumber ?? false)
    }
  }

  /// In the order in which they are measured.
  static let all: [Workload] = [
    .classics, .change, .folds, .load, .start, .ingest, .endToEnd, .compare, .generateClassics,
    .generateS,
  ]

  static func named(_ name: String) -> Workload? { all.first { $0.name == name } }

  static var help: String {
    let width = all.map { $0.name.count + $0.usage.count }.max() ?? 0
    let lines = all.map { workload in
      let head = "\(workload.name) \(workload.usage)"
      return "  " + head + String(repeating: " ", count: width + 3 - head.count) + workload.summary
    }
    return """
      writ-bench [--quick] [--only=NAME] [WORKLOAD …]    one JSON line a figure

      \(lines.joined(separator: "\n"))
        DIR   decisions of a workload of one's own, as rules.txt and records.txt

      """
  }
}

/// A line of results that says what could not be measured.
func reportError(_ message: String) {
  print("{\"error\":\"\(message)\"}")
}
