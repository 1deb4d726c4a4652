public import WritModel
import WritRules
public import WritText

// A tally as text: what a part of the data came to, to be added to other parts elsewhere. Equal
// tallies are equal byte for byte.
extension ComparisonTally {
  /// What such a text begins with; another number is another form.
  private static let form = "part 1"

  public var json: JSONText {
    .object([
      ("writ", .text(Self.form)), ("header", header.json),
      ("parts", .list(parts.sorted { $0.precedes($1) }.map { .text($0) })),
      (
        "inputs",
        .list(
          inputs.map { input, count in
            JSONText.list([
              .text(input.record), .text(input.file), .text(input.hash), .integer(count),
            ])
          }.sortedByText)
      ),
      (
        "exclusions",
        .list(
          exclusions.map { reason, excluded in
            JSONText.list([
              .text(reason), .integer(excluded.count), excluded.example.map { .text($0) } ?? .null,
            ])
          }.sortedByText)
      ),
      ("values", .list(values.map(\.json))), ("rules", .list(rules.map(\.json))),
      (
        "measures",
        .list(
          measures.map {
            .object([
              ("measure", $0.tally.measure.json),
              ("record", .text($0.record)),
              ("known", .list($0.isKnown.map { .boolean($0) })), ("tally", $0.tally.json),
              ("segments", .list($0.segments.map(\.json))),
            ])
          })
      ),
    ])
  }

  /// nil for what is no such text.
  public init?(_ json: JSON) {
    guard json["writ"]?.text == Self.form, let header = json["header"].flatMap({ Header($0) }),
      let parts = json["parts"]?.texts, let inputs = json["inputs"]?.items,
      let exclusions = json["exclusions"]?.items, let values = json["values"]?.items,
      let rules = json["rules"]?.items, let measures = json["measures"]?.items
    else { return nil }
    let sets = header.ruleSets.count
    guard sets > 1, let values = values.all({ ValueTally($0, sets: sets) }),
      let rules = rules.all({ RuleTally($0, sets: sets) }),
      let measures = measures.all({ ComparedMeasure($0, sets: sets) })
    else { return nil }
    self.init(header, values: values, rules: rules, measures: measures)
    self.parts = Set(parts)
    for item in inputs {
      guard let cells = item.items, cells.count == 4, let record = cells[0].text,
        let file = cells[1].text, let hash = cells[2].text, let count = cells[3].integer
      else { return nil }
      add(file: file, record: record, hash: hash, records: count)
    }
    for item in exclusions {
      guard let cells = item.items, cells.count == 3, let reason = cells[0].text,
        let count = cells[1].integer
      else { return nil }
      exclude(reason, count: count, example: cells[2].text)
    }
  }

  /// Says that this is a part of the data, which `id` tells apart from others. A part without
  /// records adds nothing however often it is given.
  /// `tables` is the sum of the files that the rules' tables are read from.
  public mutating func makePart(_ id: String, tables: String) {
    header.tables = tables
    let isEmpty = values.allSatisfy { $0.records == 0 }
    parts = isEmpty && measures.allSatisfy { $0.tally.base.records == 0 } ? [] : [id]
  }
}

extension ComparisonTally {
  /// Why two tallies are not of one comparison.
  public enum Mismatch: Sendable, Equatable {
    case ruleSets(String, String)
    /// The files of their tables.
    case tables
    case date(String, String)
    case options(String, String)
    case language
    /// They have something in common that would count twice.
    case partTwice
  }

  /// nil: the two can be added.
  public func mismatch(with other: ComparisonTally) -> Mismatch? {
    let (a, b) = (header, other.header)
    func told(_ header: Header) -> String {
      header.ruleSets.map { "\($0.name) \($0.hash.prefix(8))" }.joined(separator: ", ")
    }
    if a.ruleSets.map(\.hash) != b.ruleSets.map(\.hash) || told(a) != told(b) {
      return .ruleSets(told(a), told(b))
    }
    if a.tables != b.tables { return .tables }
    if a.date != b.date { return .date(a.date, b.date) }
    if a.language != b.language { return .language }
    func options(_ header: Header) -> String {
      (header.options + ["top \(header.top)"]).joined(separator: ", ")
    }
    if options(a) != options(b) { return .options(options(a), options(b)) }
    if !parts.isDisjoint(with: other.parts) { return .partTwice }
    let isSame =
      values.map { "\($0.decision) \($0.value) \($0.segments.count)" }
      == other.values.map { "\($0.decision) \($0.value) \($0.segments.count)" }
      && rules.map(\.rule) == other.rules.map(\.rule)
      && measures.map(\.tally.measure.title) == other.measures.map(\.tally.measure.title)
    return isSame ? nil : .ruleSets(told(a), told(b))
  }
}

// MARK: - Parts

extension ComparisonTally.Header {
  fileprivate var json: JSONText {
    .object([
      ("language", .text(language.rawValue)), ("date", .text(date)),
      (
        "ruleSets",
        .list(ruleSets.map { .list([.text($0.name), .text($0.hash), .integer($0.rules)]) })
      ),
      (
        "edits",
        .list(
          edits.map { edits in
            .list(
              edits.map {
                .list(
                  [$0.kind, $0.block, $0.title, $0.before, $0.after, $0.place].map { .text($0) })
              })
          })
      ),
      ("options", .list(options.map { .text($0) })), ("top", .integer(top)),
      ("notes", .list(notes.map { .text($0) })),
      ("currencies", .list(currencies.map { .text($0) })), ("tables", .text(tables)),
    ])
  }

  fileprivate init?(_ json: JSON) {
    guard let language = json["language"]?.text.flatMap({ Language(rawValue: $0) }),
      let date = json["date"]?.text, let sets = json["ruleSets"]?.items,
      let edits = json["edits"]?.items, let options = json["options"]?.texts,
      let top = json["top"]?.integer, (0...10_000).contains(top),
      let notes = json["notes"]?.texts, let currencies = json["currencies"]?.texts,
      let tables = json["tables"]?.text,
      let ruleSets = sets.all({ item -> Comparison.RuleSet? in
        guard let cells = item.items, cells.count == 3, let name = cells[0].text,
          let hash = cells[1].text, let rules = cells[2].integer
        else { return nil }
        return Comparison.RuleSet(name: name, hash: hash, rules: rules)
      }),
      let told = edits.all({ list -> [Comparison.Edit]? in
        list.items?.all { item -> Comparison.Edit? in
          guard let cells = item.texts, cells.count == 6 else { return nil }
          return Comparison.Edit(
            kind: cells[0], block: cells[1], title: cells[2], before: cells[3], after: cells[4],
            place: cells[5])
        }
      })
    else { return nil }
    self.init(
      language: language, date: date, ruleSets: ruleSets, edits: told, options: options, top: top,
      notes: notes, currencies: currencies)
    self.tables = tables
  }
}

extension ValueTally {
  var json: JSONText {
    .object([
      ("decision", .text(decision)), ("value", .text(value)), ("record", .text(record)),
      ("unit", unit.map { .text($0) } ?? .null), ("isAnswer", .boolean(isAnswer)),
      ("records", .integer(records)), ("total", .text(total.text)), ("answers", .counts(answers)),
      (
        "segments",
        .list(segments.map { .object([("by", .text($0.by)), ("counts", .counts($0.counts))]) })
      ),
      (
        "recorded",
        recorded.map {
          .list([
            .text($0.field), .integer($0.count), .integer($0.agrees), .text($0.off.text),
          ])
        } ?? .null
      ),
      ("changes", .list(changes.map { $0?.json ?? .null })),
    ])
  }

  fileprivate init?(_ json: JSON, sets: Int) {
    guard let decision = json["decision"]?.text, let value = json["value"]?.text,
      let record = json["record"]?.text, let isAnswer = json["isAnswer"]?.boolean,
      let records = json["records"]?.integer, let total = json["total"]?.sum,
      let answers = json["answers"]?.counts, let segments = json["segments"]?.items,
      let changes = json["changes"]?.items, changes.count == sets
    else { return nil }
    let told = segments.all { item -> SegmentCounts? in
      guard let by = item["by"]?.text, let counts = item["counts"]?.counts else { return nil }
      return SegmentCounts(by: by, counts: counts)
    }
    guard let told else { return nil }
    self.init(
      decision: decision, value: value, record: record, unit: json["unit"]?.text,
      isAnswer: isAnswer, records: records, total: total, answers: answers, segments: told,
      changes: [])
    if let cells = json["recorded"]?.items {
      guard cells.count == 4, let field = cells[0].text, let count = cells[1].integer,
        let agrees = cells[2].integer, let off = cells[3].sum
      else { return nil }
      recorded = Recorded(field: field, count: count, agrees: agrees, off: off)
    }
    for change in changes {
      if case .null = change {
        self.changes.append(nil)
      } else if let change = ChangeTally(change) {
        self.changes.append(change)
      } else {
        return nil
      }
    }
  }
}

extension ChangeTally {
  fileprivate var json: JSONText {
    .object([
      ("changed", .integer(changed)), ("knockOn", .integer(knockOn)),
      (
        "flows",
        .list(
          flows.counts.map { flow, count in
            JSONText.list([.text(flow.before), .text(flow.after), .integer(count)])
          }.sortedByText)
      ),
      ("gains", .text(gains.text)), ("losses", .text(losses.text)),
      ("rising", .integer(rising)), ("falling", .integer(falling)),
      (
        "bins",
        .list(
          bins.sorted { $0.key < $1.key }.map { .list([.integer($0.key), .integer($0.value)]) })
      ),
      ("largest", largest.json),
      (
        "segments",
        .list(
          segments.map { key, sum in
            JSONText.list([
              .integer(key.path), .text(key.value), .integer(sum.changed), .text(sum.gains.text),
              .text(sum.losses.text),
            ])
          }.sortedByText)
      ),
      (
        "charges",
        .list(
          charges.map { key, sum in
            JSONText.list([
              .text(key.kind.rawValue), .list(key.edits.map { .integer($0) }), .integer(sum.count),
              .text(sum.amount.text),
            ])
          }.sortedByText)
      ),
      ("agreesMore", .integer(agreesMore)), ("offMore", .text(offMore.text)),
      ("better", better.json), ("worse", worse.json),
    ])
  }

  fileprivate init?(_ json: JSON) {
    guard let changed = json["changed"]?.integer, let knockOn = json["knockOn"]?.integer,
      let flows = json["flows"]?.items, let gains = json["gains"]?.sum,
      let losses = json["losses"]?.sum, let rising = json["rising"]?.integer,
      let falling = json["falling"]?.integer, let bins = json["bins"]?.items,
      let largest = json["largest"].flatMap({ LargestChanges($0) }),
      let segments = json["segments"]?.items, let charges = json["charges"]?.items,
      let agreesMore = json["agreesMore"]?.integer, let offMore = json["offMore"]?.sum,
      let better = json["better"].flatMap({ LargestChanges($0) }),
      let worse = json["worse"].flatMap({ LargestChanges($0) })
    else { return nil }
    self.init()
    (self.changed, self.knockOn, self.gains, self.losses) = (changed, knockOn, gains, losses)
    (self.rising, self.falling, self.largest) = (rising, falling, largest)
    (self.agreesMore, self.offMore) = (agreesMore, offMore)
    (self.better, self.worse) = (better, worse)
    for item in flows {
      guard let cells = item.items, cells.count == 3, let before = cells[0].text,
        let after = cells[1].text, let count = cells[2].integer
      else { return nil }
      self.flows.add(Comparison.FlowKey(before: before, after: after), count: count)
    }
    for item in bins {
      guard let cells = item.items, cells.count == 2, let bin = cells[0].integer,
        abs(bin) < 1000, let count = cells[1].integer
      else { return nil }
      self.bins[bin] = count
    }
    for item in segments {
      guard let cells = item.items, cells.count == 5, let path = cells[0].integer,
        let value = cells[1].text, let changed = cells[2].integer, let gains = cells[3].sum,
        let losses = cells[4].sum
      else { return nil }
      self.segments[Segment(path: path, value: value)] = SegmentSum(
        changed: changed, gains: gains, losses: losses)
    }
    for item in charges {
      guard let cells = item.items, cells.count == 4,
        let kind = cells[0].text.flatMap({ Comparison.Charge.Kind(rawValue: $0) }),
        let edits = cells[1].items?.all(\.integer), let count = cells[2].integer,
        let amount = cells[3].sum
      else { return nil }
      self.charges[ChargeKey(kind: kind, edits: edits)] = ChargeSum(count: count, amount: amount)
    }
  }
}

extension RuleTally {
  var json: JSONText {
    .list([
      .text(block), .text(rule), .text(place),
      .list(counts.map { $0.map { .integer($0) } ?? .null }),
      .list(amounts.map { $0.map { .text($0.text) } ?? .null }),
    ])
  }

  fileprivate init?(_ json: JSON, sets: Int) {
    guard let cells = json.items, cells.count == 5, let block = cells[0].text,
      let rule = cells[1].text, let place = cells[2].text, let counts = cells[3].items,
      let amounts = cells[4].items, counts.count == sets, amounts.count == sets
    else { return nil }
    self.init(
      block: block, rule: rule, place: place, counts: counts.map(\.integer),
      amounts: amounts.map(\.sum))
  }
}

// MARK: - Changes and why

extension LargestChanges {
  fileprivate var json: JSONText { .list(entries.map { $0.change.tallyJSON }) }

  fileprivate init?(_ json: JSON) {
    guard let changes = json.items?.all({ Comparison.Change($0) }) else { return nil }
    self.init()
    for change in changes { add(Entry(change: change, row: -1, record: nil), top: changes.count) }
  }
}

extension Comparison.Change {
  fileprivate var tallyJSON: JSONText {
    .object([
      ("key", .text(key)), ("before", .text(before)), ("after", .text(after)),
      ("difference", difference.map { .number($0.plain) } ?? .null),
      ("segments", .list(segments.map { .text($0) })),
      ("edits", .list(edits.map { .integer($0) })),
      ("recorded", recorded.map { .text($0) } ?? .null),
      ("whyBefore", whyBefore?.tallyJSON ?? .null), ("whyAfter", whyAfter?.tallyJSON ?? .null),
    ])
  }

  fileprivate init?(_ json: JSON) {
    guard let key = json["key"]?.text, let before = json["before"]?.text,
      let after = json["after"]?.text, let segments = json["segments"]?.texts,
      let edits = json["edits"]?.items?.all(\.integer)
    else { return nil }
    var difference: Decimal?
    if case .number(let digits)? = json["difference"] {
      guard let number = Decimal(digits) else { return nil }
      difference = number
    }
    self.init(
      key: key, before: before, after: after, difference: difference, segments: segments,
      whyBefore: json["whyBefore"].flatMap { Explanation($0) },
      whyAfter: json["whyAfter"].flatMap { Explanation($0) }, edits: edits,
      recorded: json["recorded"]?.text)
  }
}

extension Explanation {
  fileprivate var tallyJSON: JSONText {
    .object([
      ("headline", .text(headline)), ("decision", .text(decision)), ("date", .text(date)),
      ("rules", .text(rules)), ("answer", answer), ("facts", .list(facts.map(\.tallyJSON))),
    ])
  }

  fileprivate init?(_ json: JSON) {
    guard let headline = json["headline"]?.text, let decision = json["decision"]?.text,
      let date = json["date"]?.text, let rules = json["rules"]?.text,
      let facts = json["facts"]?.items?.all({ Fact($0, depth: 0) })
    else { return nil }
    self.init(
      headline: headline, decision: decision, date: date, rules: rules,
      answer: json["answer"]?.written ?? .null, facts: facts)
  }
}

extension Explanation.Fact {
  fileprivate var tallyJSON: JSONText {
    .list([
      .text(kind.rawValue), .text(text), .object(data), .list(facts.map(\.tallyJSON)),
    ])
  }

  fileprivate init?(_ json: JSON, depth: Int) {
    guard depth < 100, let cells = json.items, cells.count == 4,
      let kind = cells[0].text.flatMap({ Kind(rawValue: $0) }), let text = cells[1].text,
      case .object(let members) = cells[2],
      let facts = cells[3].items?.all({ Explanation.Fact($0, depth: depth + 1) })
    else { return nil }
    self.init(kind, text, data: members.map { ($0.name, $0.value.written) }, facts: facts)
  }
}

// MARK: - Measures

extension ComparedMeasure {
  fileprivate init?(_ json: JSON, sets: Int) {
    guard let measure = json["measure"].flatMap({ Measure($0) }), let record = json["record"]?.text,
      let known = json["known"]?.items?.all(\.boolean), known.count == sets,
      let tally = json["tally"].flatMap({ MeasureTally(measure, json: $0) }),
      tally.changes.count == sets - 1,
      let segments = json["segments"]?.items?.all({ Segments($0, measure, sets: sets) })
    else { return nil }
    self.init(tally: tally, record: record, isKnown: known, segments: segments)
  }
}

extension ComparedMeasure.Segments {
  fileprivate var json: JSONText {
    .object([
      ("by", .text(by)),
      (
        "tallies",
        .object(tallies.sorted { $0.key.precedes($1.key) }.map { ($0.key, $0.value.json) })
      ),
    ])
  }

  fileprivate init?(_ json: JSON, _ measure: Measure, sets: Int) {
    guard let by = json["by"]?.text, let members = json["tallies"]?.members else { return nil }
    self.init(by: by)
    for member in members {
      guard let tally = MeasureTally(measure, json: member.value),
        tally.changes.count == sets - 1
      else { return nil }
      tallies[member.name] = tally
    }
  }
}

/// What a report needs of a measure; what only a run needs is left out.
extension Measure {
  fileprivate var json: JSONText {
    .object([
      ("title", .text(title)), ("type", .text(type.unitWord)),
      ("moreIsBetter", moreIsBetter.map { .boolean($0) } ?? .null),
      (
        "limit",
        limit.map {
          .list([
            .boolean($0.isFall), $0.atMost.tallyJSON, .text($0.scale.rawValue), .text($0.text),
          ])
        } ?? .null
      ),
      (
        "folds",
        .list(
          folds.map {
            .list([
              .text($0.kind.rawValue), .boolean($0.skipsUnknown), .boolean($0.counted != nil),
              .boolean($0.value != nil), .text($0.type.unitWord),
            ])
          })
      ), ("formula", formula?.json ?? .null),
    ])
  }

  fileprivate init?(_ json: JSON) {
    guard let title = json["title"]?.text,
      let type = json["type"]?.text.flatMap({ ValueType(unitWord: $0) }),
      let items = json["folds"]?.items,
      let formula = json["formula"].flatMap({ Formula($0, folds: items.count, depth: 0) })
    else { return nil }
    let folds = items.all { item -> Fold? in
      guard let cells = item.items, cells.count == 5,
        let kind = cells[0].text.flatMap({ Fold.Kind(rawValue: $0) }),
        let skipsUnknown = cells[1].boolean, let isCounted = cells[2].boolean,
        let hasValue = cells[3].boolean,
        let type = cells[4].text.flatMap({ ValueType(unitWord: $0) })
      else { return nil }
      return Fold(
        kind: kind, counted: isCounted ? AttributeID(0) : nil,
        value: hasValue ? AttributeID(0) : nil, skipsUnknown: skipsUnknown, gather: GatherID(0),
        type: type)
    }
    guard let folds else { return nil }
    self.init(
      title: title, term: TermID(0), type: type, moreIsBetter: json["moreIsBetter"]?.boolean,
      record: RecordID(0), folds: folds, formula: formula, span: Span(SourceID(0), 0, 0))
    if let cells = json["limit"]?.items {
      guard cells.count == 4, let isFall = cells[0].boolean,
        let atMost = Value(tally: cells[1]),
        let scale = cells[2].text.flatMap({ Limit.Scale(rawValue: $0) }), let text = cells[3].text
      else { return nil }
      limit = Limit(isFall: isFall, atMost: atMost, scale: scale, text: text)
    }
  }
}

extension Measure.Formula {
  fileprivate var json: JSONText {
    switch self {
    case .fold(let index): .integer(index)
    case .constant(let value): .list([.text("constant"), value.tallyJSON])
    case .add(let a, let b): .list([.text("add"), a.json, b.json])
    case .subtract(let a, let b): .list([.text("subtract"), a.json, b.json])
    case .multiply(let a, let b): .list([.text("multiply"), a.json, b.json])
    case .divide(let a, let b): .list([.text("divide"), a.json, b.json])
    case .negate(let a): .list([.text("negate"), a.json])
    }
  }

  fileprivate init?(_ json: JSON, folds: Int, depth: Int) {
    if let index = json.integer {
      guard (0..<folds).contains(index) else { return nil }
      self = .fold(index)
      return
    }
    guard depth < 100, let cells = json.items, let word = cells.first?.text else { return nil }
    if word == "constant", cells.count == 2 {
      guard let value = Value(tally: cells[1]) else { return nil }
      self = .constant(value)
      return
    }
    let parts = cells.dropFirst().compactMap {
      Measure.Formula($0, folds: folds, depth: depth + 1)
    }
    switch (word, parts.count, cells.count) {
    case ("add", 2, 3): self = .add(parts[0], parts[1])
    case ("subtract", 2, 3): self = .subtract(parts[0], parts[1])
    case ("multiply", 2, 3): self = .multiply(parts[0], parts[1])
    case ("divide", 2, 3): self = .divide(parts[0], parts[1])
    case ("negate", 1, 2): self = .negate(parts[0])
    default: return nil
    }
  }
}

extension ValueType {
  /// What is told of the type of a number.
  fileprivate var unitWord: String {
    switch self {
    case .percent: "percent"
    case .integer: "integer"
    case .money(let currency): currency.map { "money \($0.index)" } ?? "money"
    case .duration: "duration"
    default: "number"
    }
  }

  fileprivate init?(unitWord: String) {
    switch unitWord {
    case "percent": self = .percent
    case "integer": self = .integer
    case "number": self = .number
    case "duration": self = .duration
    case "money": self = .money(nil)
    default:
      guard unitWord.hasPrefix("money "), let index = UInt16(unitWord.dropFirst(6)) else {
        return nil
      }
      self = .money(CurrencyID(Int(index)))
    }
  }
}

extension Value {
  fileprivate var tallyJSON: JSONText {
    .list([
      .integer(Int(tag.rawValue)), .integer(Int(bits)), .integer(Int(scale)), .integer(Int(aux)),
    ])
  }

  fileprivate init?(tally json: JSON) {
    guard let cells = json.items?.all(\.integer), cells.count == 4,
      let tag = UInt8(exactly: cells[0]).flatMap({ Tag(rawValue: $0) }),
      tag == .number || tag == .money, let scale = UInt8(exactly: cells[2]),
      scale <= Decimal.maximumScale, let aux = UInt16(exactly: cells[3])
    else { return nil }
    self.init(tag: tag, bits: Int64(cells[1]), scale: scale, aux: aux)
  }
}

// MARK: - Reading and writing

extension JSONText {
  /// Counts by name, in the order of the names.
  fileprivate static func counts(_ counts: [String: Int]) -> JSONText {
    .object(
      counts.sorted { $0.key.precedes($1.key) }.map { ($0.key, .integer($0.value)) })
  }
}

extension [JSONText] {
  fileprivate var sortedByText: [JSONText] {
    map { (text: $0.line, json: $0) }.sorted { $0.text.precedes($1.text) }.map(\.json)
  }
}

extension [JSON] {
  /// All items read, or nil.
  fileprivate func all<Item>(_ read: (JSON) -> Item?) -> [Item]? {
    var items: [Item] = []
    for json in self {
      guard let item = read(json) else { return nil }
      items.append(item)
    }
    return items
  }
}

extension JSON {

  fileprivate var texts: [String]? { items?.all(\.text) }

  fileprivate var sum: ExactSum? { text.flatMap { ExactSum(text: $0) } }

  fileprivate var counts: [String: Int]? {
    guard case .object(let members) = self else { return nil }
    var counts: [String: Int] = [:]
    for member in members {
      guard let count = member.value.integer else { return nil }
      counts[member.name] = count
    }
    return counts
  }

  /// As it is written.
  fileprivate var written: JSONText {
    switch self {
    case .null: .null
    case .boolean(let value): .boolean(value)
    case .number(let digits): .number(digits)
    case .text(let text): .text(text)
    case .array(let items): .list(items.map(\.written))
    case .object(let members): .object(members.map { ($0.name, $0.value.written) })
    }
  }
}
