public import WritText

/// Why an answer is as it is: a headline and a tree of facts, in one language.
///
/// The tree is the explanation; text, JSON and the `because` of tests are views of it.
public struct Explanation: Sendable {
  /// What was asked and what came out: `Lead L-1042 → 李雷`.
  public var headline: String
  /// What questions call the decision: `assign Lead`.
  public var decision: String
  /// The business date it was decided for.
  public var date: String
  /// The rule set.
  public var rules: String
  public var answer: JSONText
  public var facts: [Fact]
  /// What somebody expected instead, of a `why not`.
  public var wanted: String?
  /// Whether anything answers to what was wanted.
  public var isAnswered = true
  /// Whether the viewer may not see the answer.
  public var isHidden = false

  public init(
    headline: String, decision: String, date: String, rules: String, answer: JSONText,
    facts: [Fact]
  ) {
    self.headline = headline
    self.decision = decision
    self.date = date
    self.rules = rules
    self.answer = answer
    self.facts = facts
  }

  /// One thing that belongs to the answer, with what it rests on below it.
  public struct Fact: Sendable {
    /// What sort of thing it is; the name stands in JSON and does not change.
    public enum Kind: String, Sendable, CaseIterable {
      /// The rule that decided.
      case decided
      /// A condition that holds, does not hold, or cannot be checked.
      case condition, failed, unknown
      /// A value and what it is made of.
      case value
      /// A rule that came first and did not hold; one that held too and lost.
      case before, beaten
      /// Who might have been taken, and who was passed over.
      case candidate, skipped
      /// A turn or a load that the answer moves.
      case counter
      /// A step of a price, an offer that was not used, the nearest threshold.
      case step, offer, threshold
      /// A limit of authority, who has to agree, who agreed before, a way to avoid it.
      case limit, approver, approval, avoid
      /// Why there is no answer, or why it is no.
      case reason
      /// Changes that would bring an answer about.
      case way
      /// The rule's own words.
      case because
      case note
    }
    public var kind: Kind
    public var text: String
    /// Where it is written.
    public var span: Span?
    /// The same for programs, beside the text.
    public var data: [(String, JSONText)]
    public var facts: [Fact]

    public init(
      _ kind: Kind, _ text: String, at span: Span? = nil, data: [(String, JSONText)] = [],
      facts: [Fact] = []
    ) {
      self.kind = kind
      self.text = text
      self.span = span
      self.data = data
      self.facts = facts
    }
  }

  /// All its words, for a test that expects part of the reason.
  public var words: String {
    ([headline] + Self.words(of: facts)).joined(separator: "\n")
  }

  private static func words(of facts: [Fact]) -> [String] {
    facts.flatMap { [$0.text] + words(of: $0.facts) }
  }
}

// MARK: - Text

extension Explanation {
  /// The explanation as text, ending in a line end. Leaf facts stand beside the line they belong to
  /// where they fit into the width.
  public func text(in sources: Sources, width: Int) -> String {
    let stamp = rules.isEmpty ? date : "\(date), \(rules.prefix(8))"
    let head = headline.printable
    let gap = max(2, min(width, 76) - head.displayWidth - stamp.displayWidth)
    var lines = [head + String(repeating: " ", count: gap) + stamp]
    Self.write(facts, depth: 1, width: width, in: sources, into: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func write(
    _ facts: [Fact], depth: Int, width: Int, in sources: Sources, into lines: inout [String]
  ) {
    let indent = String(repeating: "  ", count: depth)
    // Neighbours share a column for what stands beside them.
    let column = min(40, facts.map(\.text.displayWidth).max() ?? 0)
    for fact in facts {
      var line = indent + fact.text.printable
      let isFlat =
        !fact.facts.isEmpty && fact.facts.allSatisfy { $0.facts.isEmpty && $0.span == nil }
      let beside = fact.facts.map(\.text.printable).joined(separator: " · ")
      let pad = max(0, column - fact.text.displayWidth) + 2
      let place = fact.span.map { span in
        "\(sources[span.source].name):\(sources.position(of: span).line)"
      }
      if let place { line += String(repeating: " ", count: pad) + place }
      if isFlat, place == nil, line.displayWidth + pad + beside.displayWidth <= width {
        lines.append(line + String(repeating: " ", count: pad) + beside)
        continue
      }
      lines.append(line)
      write(fact.facts, depth: depth + 1, width: width, in: sources, into: &lines)
    }
  }
}

// MARK: - JSON

extension Explanation {
  /// The same facts for programs.
  public func json(in sources: Sources) -> JSONText {
    json { (sources[$0.source].name, sources.position(of: $0).line) }
  }

  /// The same where some places are not known any more: `place` gives the file and line of a span.
  ///
  /// Written at once: an explanation has dozens of parts, and as a tree they take longer to build and
  /// to take down than to write.
  func json(place: (Span) -> (file: String, line: Int)?) -> JSONText {
    var out: [UInt8] = []
    out.reserveCapacity(2_000)
    out.append(UInt8(ascii: "{"))
    JSONText.writeText(headline, as: "question", into: &out)
    JSONText.writeText(decision, as: "decision", into: &out)
    answer.write(as: "answer", into: &out)
    JSONText.writeText(date, as: "date", into: &out)
    JSONText.writeText(rules, as: "rules", into: &out)
    if let wanted { JSONText.writeText(wanted, as: "wanted", into: &out) }
    out.append(UInt8(ascii: ","))
    Self.write(facts, place, into: &out)
    out.append(UInt8(ascii: "}"))
    return .written(out)
  }

  private static func write(
    _ facts: [Fact], _ place: (Span) -> (file: String, line: Int)?, into out: inout [UInt8]
  ) {
    out += "\"facts\":[".utf8
    for index in facts.indices {
      out += (index > 0 ? ",{" : "{").utf8
      JSONText.writeText(facts[index].kind.rawValue, as: "kind", into: &out)
      JSONText.writeText(facts[index].text, as: "text", into: &out)
      if let place = facts[index].span.flatMap(place) {
        JSONText.writeText(place.file, as: "file", into: &out)
        JSONText.integer(place.line).write(as: "line", into: &out)
      }
      for member in facts[index].data.indices {
        facts[index].data[member].1.write(as: facts[index].data[member].0, into: &out)
      }
      if !facts[index].facts.isEmpty {
        out.append(UInt8(ascii: ","))
        write(facts[index].facts, place, into: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
    out.append(UInt8(ascii: "]"))
  }
}
