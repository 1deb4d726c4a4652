import Foundation

/// The project as it lies on the disk: what the tidy tests look at.
enum House {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file of the project: its path from the root and its text.
  struct File {
    let path: String
    let text: String
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
  }

  /// All files below a folder whose name ends so, in the order of their paths.
  static func files(in folder: String, ending: String) -> [File] {
    let base = root.appendingPathComponent(folder)
    guard let walker = FileManager.default.enumerator(atPath: base.path) else { return [] }
    return walker.compactMap { $0 as? String }
      .filter { $0.hasSuffix(ending) }
      .sorted()
      .compactMap { name in
        guard let text = try? String(contentsOf: base.appendingPathComponent(name), encoding: .utf8)
        else { return nil }
        return File(path: "\(folder)/\(name)", text: text)
      }
  }

  static func text(of path: String) -> String {
    (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
  }

  /// The codes of all diagnostics that the sources can make, each with the file that makes it.
  ///
  /// A code stands behind `code:` or first in `DataProblem(…)`, perhaps as one of two:
  /// `isSure ? "table-gap" : "table-may-gap"`.
  static func diagnosticCodes() -> [String: String] {
    var codes: [String: String] = [:]
    let pattern =
      /(?:code: |DataProblem\(\s*)(?:[^"\n]*\? )?"([a-z0-9-]+)"(?: : "([a-z0-9-]+)")?/
    for file in files(in: "Sources", ending: ".swift") {
      for match in file.text.matches(of: pattern) {
        codes[String(match.1)] = file.path
        if let other = match.2 { codes[String(other)] = file.path }
      }
    }
    return codes
  }
}
