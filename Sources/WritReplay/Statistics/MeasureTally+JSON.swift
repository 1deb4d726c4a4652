public import WritModel
public import WritRules
public import WritText

// A tally as text, for parts of the data that are gathered on other machines. One way to write each
// tally: equal ones are equal byte for byte, whatever the order in which they were gathered.
extension MeasureTally {
  public var json: JSONText {
    .object([
      ("measure", .text(measure.title)), ("base", base.json),
      ("products", .list(products.map { .text($0.text) })),
      ("changes", .list(changes.map(\.json))),
    ])
  }

  /// nil for what is no tally of this measure.
  public init?(_ measure: Measure, json: JSON) {
    guard json["measure"]?.text == measure.title, let changes = json["changes"]?.items,
      let base = json["base"].flatMap({ MeasureTotals(measure, json: $0) })
    else { return nil }
    self.init(measure, comparing: 0)
    guard let products = [BinarySum](json: json["products"], count: products.count) else {
      return nil
    }
    self.base = base
    self.products = products
    for change in changes {
      guard let change = MeasureChanges(measure, shape, json: change) else { return nil }
      self.changes.append(change)
    }
  }
}

extension MeasureTotals {
  public var json: JSONText {
    .object([
      ("records", .integer(records)), ("counted", .integer(counted)),
      (
        "folds",
        .list(
          folds.map { fold in
            .object([
              ("sum", .text(fold.sum.text)), ("count", .integer(fold.count)),
              ("unknown", .integer(fold.unknown)), ("faults", .integer(fold.faults)),
              (
                "currencies",
                .list(
                  fold.currencies.sorted { $0.key < $1.key }.map {
                    .list([.integer(Int($0.key)), .integer($0.value)])
                  })
              ),
            ])
          })
      ),
    ])
  }

  public init?(_ measure: Measure, json: JSON) {
    guard let records = json["records"]?.integer, let counted = json["counted"]?.integer,
      let items = json["folds"]?.items, items.count == measure.folds.count
    else { return nil }
    var folds: [Fold] = []
    for item in items {
      guard let sum = item["sum"]?.text.flatMap({ ExactSum(text: $0) }),
        let count = item["count"]?.integer, let unknown = item["unknown"]?.integer,
        let faults = item["faults"]?.integer, let currencies = item["currencies"]?.items
      else { return nil }
      var fold = Fold(sum: sum, count: count, unknown: unknown, faults: faults)
      for currency in currencies {
        guard let id = currency[0]?.integer.flatMap({ UInt16(exactly: $0) }),
          let count = currency[1]?.integer
        else { return nil }
        fold.add(currency: id, times: count)
      }
      folds.append(fold)
    }
    self.init(folds: folds, records: records, counted: counted)
  }
}

extension MeasureChanges {
  var json: JSONText {
    let sample = sample.trimmed
    return .object([
      ("before", before.json), ("after", after.json), ("toYes", .integer(toYes)),
      ("toNo", .integer(toNo)), ("moved", .integer(moved)),
      ("products", .list(products.map { .text($0.text) })),
      ("hashes", .list(sample.hashes.map { .text(String($0, radix: 16)) })),
      // The shortest digits that are read back as the same number.
      ("values", .list(sample.values.map { .number("\($0)") })),
    ])
  }

  init?(_ measure: Measure, _ shape: MeasureShape?, json: JSON) {
    self.init(measure, shape)
    guard let before = json["before"].flatMap({ MeasureTotals(measure, json: $0) }),
      let after = json["after"].flatMap({ MeasureTotals(measure, json: $0) }),
      let toYes = json["toYes"]?.integer, let toNo = json["toNo"]?.integer,
      let moved = json["moved"]?.integer, let hashes = json["hashes"]?.items,
      let values = json["values"]?.items, values.count == hashes.count * sample.width,
      let products = [BinarySum](json: json["products"], count: products.count)
    else { return nil }
    self.before = before
    self.after = after
    self.toYes = toYes
    self.toNo = toNo
    self.moved = moved
    self.products = products
    for (index, hash) in hashes.enumerated() {
      guard let hash = hash.text.flatMap({ UInt64($0, radix: 16) }) else { return nil }
      var numbers: [Double] = []
      for value in values[index * sample.width..<(index + 1) * sample.width] {
        guard case .number(let digits) = value, let number = Double(digits) else { return nil }
        numbers.append(number)
      }
      sample.add(hash, numbers)
    }
  }
}

extension [BinarySum] {
  fileprivate init?(json: JSON?, count: Int) {
    guard let items = json?.items, items.count == count else { return nil }
    self = []
    for item in items {
      guard let sum = item.text.flatMap({ BinarySum($0) }) else { return nil }
      append(sum)
    }
  }
}

extension ExactSum {
  /// `-123e2`: the digits and how many of them stand behind the point; `?` where it is not exact.
  var text: String {
    guard isExact else { return "?" }
    let sum = normalized
    return "\(sum.mantissa)e\(sum.scale)"
  }

  init?(text: String) {
    if text == "?" {
      self.init(mantissa: 0, scale: 0, isExact: false)
      return
    }
    let halves = text.split(separator: "e", omittingEmptySubsequences: false)
    guard halves.count == 2, let mantissa = Int128(halves[0]), let scale = UInt8(halves[1]),
      scale <= Decimal.maximumScale
    else { return nil }
    self.init(mantissa: mantissa, scale: scale)
  }
}
