import Reference
import Support
import Testing
import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

/// The decision tables of the DMN conformance suite, written as rules, and what they must answer.
@Suite struct DecisionTableSuiteTests {
  static let folder = "suites/dmn-tck/json"

  @Test func `answers as the suite says`() throws {
    let names = SharedFiles.names(in: Self.folder)
    var answers = 0
    for name in names {
      guard let bytes = SharedFiles.bytes("\(Self.folder)/\(name)") else { continue }
      let json = try JSON.parse(bytes)
      var tables: [String: PublishedTable] = [:]
      for decision in json["model"]?["decisions"]?.items ?? [] {
        guard let logic = decision["logic"], logic["kind"]?.text == "decisionTable" else {
          continue
        }
        tables[decision["name"]?.text ?? ""] = PublishedTable(logic)
      }
      for test in json["tests"]?.items ?? [] {
        for expectation in test["expect"]?.items ?? [] {
          guard let table = tables[expectation["node"]?.text ?? ""] else { continue }
          table.check(
            inputs: test["inputs"] ?? .null, expected: expectation["value"] ?? .null,
            name: "\(name) \(test["id"]?.text ?? "")")
          answers += 1
        }
      }
    }
    if !names.isEmpty { #expect(answers >= 51, "only \(answers) answers compared") }
  }
}

/// One published table as rules of writ.
struct PublishedTable {
  let json: JSON
  let source: String
  let program: Program
  private let inputs: [JSON]
  private let outputs: [JSON]
  private let story: String

  init(_ json: JSON) {
    self.json = json
    inputs = json["inputs"]?.items ?? []
    outputs = json["outputs"]?.items ?? []
    source = Self.source(json)
    var sources = Sources()
    let file = Source(name: "table.writ", text: source)
    let id = sources.add(file)
    let parsed = Parser.parse(file, id: id)
    let checked = Program.checking([parsed.tree], sources: sources)
    program = checked.program
    story = (parsed.diagnostics + checked.diagnostics).filter { $0.severity == .error }
      .map { "\($0.code): \($0.message.english)" }.joined(separator: "\n")
  }

  // MARK: - Writing it down

  /// Parameters are `p0`, `p1`, …, results `o0`, …; the allowed results of a column are an ordered
  /// enum whose highest member is the first allowed, as the suite ranks them.
  private static func source(_ json: JSON) -> String {
    let inputs = json["inputs"]?.items ?? []
    let outputs = json["outputs"]?.items ?? []
    let rules = json["rules"]?.items ?? []
    var lines: [String] = []
    for (index, output) in outputs.enumerated() {
      guard let allowed = allowed(output) else { continue }
      let members = allowed.indices.reversed().map { "m\($0) \"\(allowed[$0])\"" }
      lines.append("enum Out\(index) ordered { \(members.joined(separator: ", ")) }")
    }
    let parameters = inputs.enumerated().map { "p\($0.offset): \(type(of: $0.element))" }
    let isNumber = outputs.map { output in
      allowed(output) == nil
        && rules.allSatisfy { rule in
          let cell = rule["then"]?[outputs.firstIndex(of: output) ?? 0]?.text ?? ""
          return Decimal(cell) != nil
        }
    }
    let results = outputs.indices.map { index -> String in
      let type =
        allowed(outputs[index]) != nil ? "Out\(index)" : isNumber[index] ? "number" : "text"
      return outputs.count == 1 ? type : "o\(index): \(type)"
    }
    lines.append(
      "table t(\(parameters.joined(separator: ", "))) -> \(results.joined(separator: ", ")), "
        + "\(policy(json)) {")
    lines.append(
      "  \(inputs.indices.map { "p\($0)" }.joined(separator: " | ")) -> "
        + (outputs.count == 1 ? "o" : outputs.indices.map { "o\($0)" }.joined(separator: " | ")))
    for rule in rules {
      let cells = (rule["when"]?.items ?? []).map { cell($0.text ?? "-") }
      let then = (rule["then"]?.items ?? []).enumerated().map {
        result($0.element.text ?? "", allowed: allowed(outputs[$0.offset]))
      }
      lines.append("  \(cells.joined(separator: " | ")) -> \(then.joined(separator: " | "))")
    }
    if outputs.allSatisfy({ $0["default"]?.text != nil }) {
      let then = outputs.map { result($0["default"]?.text ?? "", allowed: allowed($0)) }
      lines.append("  else -> \(then.joined(separator: " | "))")
    } else if json["hitPolicy"]?.text == "UNIQUE" {
      lines.append("  else -> \(outputs.map { _ in "missing" }.joined(separator: " | "))")
    }
    lines.append("}")
    return lines.joined(separator: "\n")
  }

  private static func type(of input: JSON) -> String {
    switch input["type"]?.text {
    case "boolean": "yes/no"
    case "number": "number"
    case "date": "date"
    default: "text"
    }
  }

  private static func policy(_ json: JSON) -> String {
    let policy = (json["hitPolicy"]?.text ?? "UNIQUE").lowercased()
    guard let fold = json["aggregation"]?.text else { return policy }
    return "\(policy) \(fold.lowercased())"
  }

  /// The allowed values of an output column as texts, if it lists them.
  private static func allowed(_ output: JSON) -> [String]? {
    guard let written = output["allowed"]?.text else { return nil }
    let texts = parts(written).compactMap(quoted)
    return texts.isEmpty ? nil : texts
  }

  private static func result(_ text: String, allowed: [String]?) -> String {
    guard let allowed, let text = quoted(text), let index = allowed.firstIndex(of: text) else {
      return text
    }
    return "m\(index)"
  }

  /// A cell of the suite in the words of writ.
  private static func cell(_ text: String) -> String {
    let text = trimmed(text)
    if text == "-" { return "any" }
    if text == "true" { return "yes" }
    if text == "false" { return "no" }
    if text.hasPrefix("not("), text.hasSuffix(")") {
      return "not \(cell(String(text.dropFirst(4).dropLast())))"
    }
    let all = parts(text)
    if all.count > 1 { return "{\(all.map(cell).joined(separator: ", "))}" }
    for sign in ["<=", ">=", "<", ">"] where text.hasPrefix(sign) {
      return "\(sign) \(trimmed(String(text.dropFirst(sign.count))))"
    }
    if let first = text.first, let last = text.last, "[(]".contains(first), "])[".contains(last) {
      let ends = String(text.dropFirst().dropLast()).split(
        separator: ".", omittingEmptySubsequences: true)
      if ends.count == 2 {
        return "\(trimmed(String(ends[0])))\(first == "[" ? "" : "<")..\(last == "]" ? "" : "<")"
          + trimmed(String(ends[1]))
      }
    }
    return text
  }

  /// The items of a list, split at commas outside of quotes.
  private static func parts(_ text: String) -> [String] {
    var result = [""]
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character == ",", !isQuoted {
        result.append("")
      } else {
        result[result.count - 1].append(character)
      }
    }
    return result.map(trimmed)
  }

  private static func quoted(_ text: String) -> String? {
    text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
      ? String(text.dropFirst().dropLast()) : nil
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }

  // MARK: - Asking it

  func check(inputs given: JSON, expected: JSON, name: String) {
    #expect(story.isEmpty, "\(name)\n\(source)\n\(story)")
    guard story.isEmpty, let decision = program.decisions.first else { return }
    var facts = Facts(schema: program.schema, texts: program.texts)
    let arguments = inputs.map { argument(given[$0["expr"]?.text ?? ""] ?? .null, in: &facts) }
    let columns =
      outputs.count == 1 ? [decision.answer] : decision.details.map(\.attribute)
    #expect(columns.count == outputs.count, "\(name)")
    let wanted = outputs.indices.map { column(expected, $0) }

    let reference = Evaluator(program, facts)
    let memory = Memory(Network(compiling: program), facts: facts, today: 0)
    for (index, attribute) in columns.enumerated() {
      let walked = reference.value(of: attribute, arguments, today: 0)
      #expect(
        answer(walked, in: reference.facts, index) == wanted[index],
        "\(name), result \(index)\n\(source)")
      let run = memory.value(of: attribute, arguments)
      #expect(
        answer(run, in: memory.facts, index) == wanted[index],
        "\(name), result \(index), network\n\(source)")
    }
  }

  private func argument(_ value: JSON, in facts: inout Facts) -> Value {
    let text = value["text"]?.text ?? ""
    switch value["type"]?.text {
    case "number": return Decimal(text).map { .number($0) } ?? .missing(Cause(.blankField))
    case "boolean": return .boolean(text == "true")
    case "string": return .text(facts.texts.intern(text))
    case "date":
      return CivilDate(text).map { .date(days: Int32($0.days)) } ?? .missing(Cause(.blankField))
    default: return .missing(Cause(.blankField))
    }
  }

  /// One result column of an expected value, as plain texts.
  private func column(_ expected: JSON, _ index: Int) -> [String] {
    switch expected["type"]?.text {
    case "list": return (expected["items"]?.items ?? []).flatMap { column($0, index) }
    case "struct":
      let name = outputs[index]["name"]?.text ?? ""
      return column(expected["fields"]?[name] ?? .null, index)
    case "null": return []
    case "number":
      return [Decimal(expected["text"]?.text ?? "").map { $0.trimmed(to: 0).description } ?? "?"]
    default: return [expected["text"]?.text ?? "?"]
    }
  }

  /// What an engine answered, as plain texts; a missing answer is none.
  private func answer(_ value: Value, in facts: Facts, _ index: Int) -> [String] {
    switch value.tag {
    case .missing: return []
    case .list: return facts.lists.items(of: value).flatMap { answer($0, in: facts, index) }
    case .text: return [facts.texts.text(of: Symbol(Int(value.bits)))]
    case .member:
      let member = program.schema[EnumID(Int(value.aux))].members[Int(value.bits)]
      return [member.label ?? member.name]
    case .number: return [value.decimal.trimmed(to: 0).description]
    default: return ["\(Plain(value, facts))"]
    }
  }
}
