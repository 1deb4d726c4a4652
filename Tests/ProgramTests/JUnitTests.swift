import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Test results as JUnit XML: what a build server reads.
struct JUnitTests {
  private static let rules = """
    record A { id : text key, n : number }
    decide band for A -> text, first { "big & <wide>": when n > 5 : "x"  otherwise : "y" }
    test "passes" { expect 1 + 1 is 2 }
    test "fails: <&> ']]>" {
      given A { id "1", n 9 }
      expect A "1".band is "y"
      expect A "1".n is 8
    }
    test "中文 用例" { expect 1 is 1 }

    """

  /// What a reader of XML sees: elements with their attributes and text, in order.
  private final class Elements: NSObject, XMLParserDelegate {
    var all: [(name: String, attributes: [String: String], text: String)] = []
    private var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      open.append(all.count)
      all.append((name, attributes, ""))
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = open.last { all[last].text += text }
    }
  }

  private func elements(_ text: String) throws -> Elements {
    let elements = Elements()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = elements
    #expect(parser.parse(), "\(text)")
    return elements
  }

  @Test func `one case a test, with file, line and what was wrong`() throws {
    let desk = Scratch()
    try desk.write("r.writ", Self.rules)
    let run = try shell("writ test r.writ --format junit", in: desk)
    #expect(run.status == 1)
    #expect(run.out.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
    let all = try elements(run.out).all
    #expect(all[0].name == "testsuites")
    #expect(all[0].attributes["tests"] == "3" && all[0].attributes["failures"] == "1")
    let cases = all.filter { $0.name == "testcase" }.map(\.attributes)
    #expect(
      cases.map { $0["name"] } == ["passes", "fails: <&> ']]>", "中文 用例"])
    #expect(cases.map { $0["line"] } == ["3", "4", "9"])
    #expect(cases.allSatisfy { $0["file"] == "r.writ" && $0["classname"] == "r" })
    let failures = all.filter { $0.name == "failure" }
    #expect(failures.count == 2)
    #expect(failures[0].attributes["message"]?.contains("expected y, actual x") ?? false)
    #expect(failures[0].text.contains("r.writ:6") && failures[0].text.contains("big & <wide>"))
  }

  @Test func `a file takes its place whole, beside what is told`() throws {
    let desk = Scratch()
    try desk.write("r.writ", Self.rules)
    try desk.write("report.xml", "old")
    let run = try shell("writ test r.writ --junit report.xml --lang zh", in: desk)
    #expect(run.status == 1)
    #expect(run.out.contains("通过 2，失败 1"))
    #expect(try elements(try desk.read("report.xml")).all.contains { $0.text.contains("应当是") })
    #expect(try desk.names() == ["r.writ", "report.xml"])
    let nowhere = try shell("writ test r.writ --junit no/such/report.xml", in: desk)
    #expect(nowhere.status == 2)
    #expect(nowhere.messages.contains("[cannot-write]"))
  }

  @Test func `a shelf is a suite a set`() throws {
    let run = try shell("writ test \(packageRoot)/rules/assignment --format junit")
    let suites = try elements(run.out).all.filter { $0.name == "testsuite" }
    #expect(suites.count == 2)
    #expect(suites.allSatisfy { $0.attributes["failures"] == "0" })
  }
}
