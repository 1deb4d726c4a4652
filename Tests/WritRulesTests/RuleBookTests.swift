import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText

#if canImport(Glibc)
  import Glibc
#endif

/// The paths of the files below a folder that end so, sorted.
func files(below folder: String, ending: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var found: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name.hasPrefix(".") { continue }
    let path = "\(folder)/\(name)"
    if name.hasSuffix(ending) {
      found.append(path)
    } else if !name.contains(".") {
      found += files(below: path, ending: ending)
    }
  }
  return found.sorted()
}

@Suite struct RuleBookTests {
  /// Every folder of rules is one rule set.
  static let folders: [(folder: String, paths: [String])] = {
    var folders: [String: [String]] = [:]
    for path in files(below: "rules", ending: ".writ") + files(below: "playground", ending: ".writ")
    {
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      folders[folder, default: []].append(path)
    }
    return folders.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }()

  @Test func `checks the rule books`() {
    #expect(Self.folders.count > 10)
    for (folder, paths) in Self.folders {
      let checked = Checked(paths.map { readFile($0) ?? "" }, folder: folder)
      #expect(!checked.diagnostics.hasErrors, "\(folder)\n\(checked.story)")
      // What the books change comes to an end, and the checker sees that.
      if folder.hasPrefix("rules/") {
        #expect(!checked.diagnostics.contains { $0.code == "changes-go-round" }, "\(folder)")
      }
    }
  }
}
