import WritReplay
import WritText

/// Test results as JUnit XML, the form that build servers read: a suite a rule set, a case a `test`.
///
/// No times stand in it, so that the same rules give the same bytes.
struct JUnit {
  private var suites: [(name: String, results: [TestResult], sources: Sources)] = []

  /// Adds the tests of one rule set.
  mutating func add(_ name: String, _ results: [TestResult], _ sources: Sources) {
    suites.append((name, results, sources))
  }

  /// The whole text.
  func text(in language: Language) -> String {
    let all = suites.flatMap(\.results)
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites name=\"writ\"\(Self.counts(all))>\n"
    for suite in suites {
      text += "  <testsuite name=\"\(Self.escaped(suite.name))\"\(Self.counts(suite.results))>\n"
      for result in suite.results { text += Self.testCase(result, suite.sources, language) }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }

  private static func counts(_ results: [TestResult]) -> String {
    let failed = results.count { $0.outcome == .failed }
    let skipped = results.count { $0.outcome == .notRun }
    return " tests=\"\(results.count)\" failures=\"\(failed)\" errors=\"0\" skipped=\"\(skipped)\""
  }

  private static func testCase(
    _ result: TestResult, _ sources: Sources, _ language: Language
  ) -> String {
    let file = sources[result.span.source].name
    let line = sources.position(of: result.span).line
    // Servers group cases by class: the file without its ending.
    let className = file.hasSuffix(".writ") ? String(file.dropLast(5)) : file
    var text = "    <testcase name=\"\(escaped(result.title))\" classname=\"\(escaped(className))\""
    text += " file=\"\(escaped(file))\" line=\"\(line)\""
    switch result.outcome {
    case .passed: return text + "/>\n"
    case .notRun:
      let what = result.notRun.joined(separator: ", ")
      return text + ">\n      <skipped message=\"\(escaped(what))\"/>\n    </testcase>\n"
    case .failed:
      text += ">\n"
      for failure in result.failures { text += element(failure, sources, language) }
      return text + "    </testcase>\n"
    }
  }

  private static func element(
    _ failure: TestResult.Failure, _ sources: Sources, _ language: Language
  ) -> String {
    let expected = Phrase("expected", zh: "应当是").text(in: language)
    let actual = Phrase("actual", zh: "实际是").text(in: language)
    let place =
      "\(sources[failure.span.source].name):\(sources.position(of: failure.span).line)"
    let message =
      "\(failure.expectation): \(expected) \(failure.expected), \(actual) \(failure.actual)"
    var lines = [
      "\(place)  \(failure.expectation)", "  \(expected)  \(failure.expected)",
      "  \(actual)  \(failure.actual)",
    ]
    lines += failure.explanation.map { "    " + $0 }
    return "      <failure type=\"expectation\" message=\"\(escaped(message))\">"
      + escaped(lines.joined(separator: "\n"), isAttribute: false) + "</failure>\n"
  }

  /// A text as XML has it. What XML 1.0 has no way to write becomes a replacement character.
  static func escaped(_ text: String, isAttribute: Bool = true) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\n", "\t", "\r":
        // In an attribute white space would be made a blank.
        if isAttribute || scalar == "\r" {
          escaped += "&#\(scalar.value);"
        } else {
          escaped.unicodeScalars.append(scalar)
        }
      case "\u{00}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
