import Foundation
public import WritText

/// Corpus files: rule files with the expectation on the line it concerns.
///
/// A comment that begins with `#!` lists what its line must give, and nothing else may be given:
///
///     define B.y = a == b        #! error double-equals
///     define C.d = "abc
///     #!^ error unclosed-text
///
/// Several findings of a line stand with commas: `#! error a, warning b`. `#!^` speaks of the line
/// above, for lines that cannot carry a comment. With `WRIT_RECORD=1` a test writes what it found
/// into the files instead of comparing; read the difference before committing it.
public struct CorpusFile: Sendable, CustomStringConvertible {
  /// Its name: test runs print their arguments.
  public var description: String { name }

  /// What a line gives.
  public struct Finding: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var line: Int
    public var severity: String
    public var code: String

    public init(line: Int, severity: String, code: String) {
      self.line = line
      self.severity = severity
      self.code = code
    }

    /// The finding of a diagnostic in its source.
    public init(_ diagnostic: Diagnostic, in source: Source) {
      line = source.position(of: Int(diagnostic.span.start)).line
      severity =
        switch diagnostic.severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "note"
        }
      code = diagnostic.code
    }

    public static func < (a: Finding, b: Finding) -> Bool {
      (a.line, a.severity, a.code) < (b.line, b.severity, b.code)
    }

    public var description: String { "\(line): \(severity) \(code)" }
  }

  public let name: String
  public let path: String
  public let source: Source
  public let expected: [Finding]

  /// The names in `Tests/Corpus/<folder>`, sorted.
  public static func names(in folder: String) -> [String] {
    let directory = root + "/Tests/Corpus/" + folder
    return (try? FileManager.default.contentsOfDirectory(atPath: directory))?.sorted() ?? []
  }

  /// The files of `Tests/Corpus/<folder>`, sorted by name.
  public static func all(in folder: String) -> [CorpusFile] {
    let directory = root + "/Tests/Corpus/" + folder
    return names(in: folder).filter { $0.hasSuffix(".writ") }.compactMap { name in
      guard let data = FileManager.default.contents(atPath: directory + "/" + name) else {
        return nil
      }
      return CorpusFile(name: folder + "/" + name, path: directory + "/" + name, bytes: Array(data))
    }
  }

  /// The root of the package.
  public static var root: String {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(3)
    return "/" + parts.joined(separator: "/")
  }

  /// The bytes of a file of the package; nil if there is none.
  public static func bytes(of path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: root + "/" + path).map { Array($0) }
  }

  /// Whether expectations are to be written instead of compared.
  public static var isRecording: Bool { ProcessInfo.processInfo.environment["WRIT_RECORD"] == "1" }

  /// Writes a file of the package, when recording.
  public static func record(_ text: String, at path: String) {
    try? text.write(toFile: root + "/" + path, atomically: true, encoding: .utf8)
  }

  private init(name: String, path: String, bytes: [UInt8]) {
    self.name = name
    self.path = path
    source = Source(name: name, bytes: bytes)
    var expected: [Finding] = []
    for number in 1...max(1, source.lineStarts.count) {
      let (_, mark) = CorpusFile.split(source.line(number))
      guard let mark else { continue }
      let line = mark.isAbove ? number - 1 : number
      for item in mark.text.split(separator: ",") {
        let words = item.split(separator: " ")
        guard words.count == 2 else { continue }
        expected.append(
          Finding(line: line, severity: String(words[0]), code: String(words[1])))
      }
    }
    self.expected = expected.sorted()
  }

  /// A line without its mark, and the mark.
  private static func split(_ line: String) -> (String, (text: String, isAbove: Bool)?) {
    guard let range = line.range(of: "#!") else { return (line, nil) }
    var text = String(line[range.upperBound...])
    let isAbove = text.hasPrefix("^")
    if isAbove { text.removeFirst() }
    return (String(line[..<range.lowerBound]), (text, isAbove))
  }

  /// Compares what was found with what the file says, and tells the differences; when recording,
  /// writes the file instead.
  public func differences(from found: [Finding]) -> [String] {
    if CorpusFile.isRecording {
      record(found)
      return []
    }
    var differences: [String] = []
    var rest = found.sorted()
    for finding in expected {
      if let index = rest.firstIndex(of: finding) {
        rest.remove(at: index)
      } else {
        differences.append("\(name):\(finding) was expected")
      }
    }
    return differences + rest.map { "\(name):\($0) was not expected" }
  }

  private func record(_ found: [Finding]) {
    var lines: [String] = []
    // The numbers of the lines as they are now, marks above included.
    for number in 1...max(1, source.lineStarts.count) {
      let line = source.line(number)
      let (code, mark) = CorpusFile.split(line)
      if mark?.isAbove == true { continue }
      let here = found.filter { $0.line == number }.sorted()
      var bare = mark == nil ? line : code
      while bare.hasSuffix(" ") { bare.removeLast() }
      let text = here.map { "\($0.severity) \($0.code)" }.joined(separator: ", ")
      if here.isEmpty {
        lines.append(bare)
      } else if here.contains(where: { $0.code == "unclosed-text" || $0.code == "unclosed-name" })
        || bare.contains("#")
      {
        lines.append(bare)
        lines.append("#!^ " + text)
      } else {
        lines.append(bare + (bare.isEmpty ? "#! " : "  #! ") + text)
      }
    }
    var text = lines.joined(separator: "\n")
    while text.hasSuffix("\n") { text.removeLast() }
    text += "\n"
    try? text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}
