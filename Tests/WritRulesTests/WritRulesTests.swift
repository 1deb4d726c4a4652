import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText

#if canImport(Glibc)
  import Glibc
#endif

func readFile(_ path: String) -> String? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count <= 0 { break }
    bytes += buffer[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}

@Suite struct SpecificationTests {
  /// The programs of the specification, each with the number of its first line.
  static let programs: [(line: Int, text: String)] = {
    guard let text = readFile("grammar/SPEC.md") else { return [] }
    var programs: [(Int, String)] = []
    var block: [Substring]?
    var start = 0
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if let lines = block {
        if line.hasPrefix("```") {
          programs.append((start, lines.joined(separator: "\n")))
          block = nil
        } else {
          block?.append(line)
        }
      } else if line == "```writ" {
        block = []
        start = index + 2
      }
    }
    return programs
  }()

  @Test func `checks every program of the specification`() {
    #expect(Self.programs.count > 10)
    for (line, text) in Self.programs {
      let checked = Checked(text)
      #expect(!checked.diagnostics.hasErrors, "SPEC.md:\(line)\n\(checked.story)")
    }
  }
}
