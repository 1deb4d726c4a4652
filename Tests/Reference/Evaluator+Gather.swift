import WritModel
import WritRules

extension Evaluator {
  /// One record of a gather, with how its guard stands and the frame it is seen in.
  struct Candidate {
    var record: Value
    var holds: Truth
    var frame: Frame
  }

  func candidates(_ gather: Gather, in frame: Frame) -> [Candidate] {
    records(of: gather.record).map { record in
      let inner = frame.with(record, inSlot: gather.slot)
      let holds = gather.guardTerm.map { truth(of: $0, in: inner) } ?? .yes
      return Candidate(record: record, holds: holds, frame: inner)
    }
  }

  /// A fold over the records of a type.
  ///
  /// The order of records never shows: where several of them give a fault or a cause, it is the one
  /// of least number.
  func gather(_ id: GatherID, in frame: Frame, type: ValueType) -> Value {
    let gather = program[id]
    let all = candidates(gather, in: frame)
    let site = Int(id.index)
    switch gather.fold {
    case .some, .no, .every:
      return quantified(gather, all).value
    case .pick, .list:
      if let fault = least(faultsOf: all.map(\.holds.value)) { return fault }
      return selection(gather, all.filter(\.isSure), site: site)
    case .apportion(let amount, let quantum, let weight):
      return share(
        gather, all, amount: value(of: amount, in: frame), quantum: value(of: quantum, in: frame),
        weight: weight, type: type, in: frame)
    case .count, .sum, .average, .min, .max, .median, .countDistinct:
      break
    }

    // The numeric folds: every record that is in gives its value, every gap spoils the result.
    var gaps = all.map(\.holds.value).filter { !$0.isKnown }
    var values: [Value] = []
    for candidate in all where candidate.isSure {
      guard let term = gather.value else { continue }
      let value = value(of: term, in: candidate.frame)
      if value.isKnown {
        values.append(value)
      } else if value.isFault || !gather.skipsUnknown {
        gaps.append(value)
      }
    }
    if let gap = least(faultsOf: gaps) ?? least(causesOf: gaps) { return gap }

    let empty = Value.missing(Cause(.empty, site: site))
    switch gather.fold {
    case .count: return .number(Decimal(Int64(all.count(where: \.isSure))))
    case .countDistinct:
      return .number(Decimal(Int64(items(of: distinctList(of: values)).count)))
    case .sum: return sum(of: values, type: type)
    case .average:
      if values.isEmpty { return empty }
      let total = sum(of: values, type: type)
      return total.isKnown ? Scalars.ratio(total, .number(Decimal(Int64(values.count)))) : total
    case .min: return extreme(of: values, "<") ?? empty
    case .max: return extreme(of: values, ">") ?? empty
    case .median: return median(of: values, type: type) ?? empty
    case .some, .no, .every, .pick, .list, .apportion: return empty
    }
  }

  /// `some`: a record for which guard and value hold; `no`: the opposite; `every`: the value holds
  /// wherever the guard does. Without a value `every` asks the guard itself of all records.
  private func quantified(_ gather: Gather, _ all: [Candidate]) -> Truth {
    let parts = all.map { candidate -> Truth in
      let value = gather.value.map { truth(of: $0, in: candidate.frame) }
      switch gather.fold {
      case .every:
        guard let value else { return candidate.holds.opposite }
        return allTrue([candidate.holds, value.opposite])
      default:
        return allTrue([candidate.holds, value ?? .yes])
      }
    }
    // `some` is their Kleene `or`; the two others are its opposite (of a counter-example).
    let found: Truth =
      if case .yes = anyTrue(parts) {
        .yes
      } else if let gap = least(faultsOf: parts.map(\.value))
        ?? least(causesOf: parts.map(\.value))
      {
        Truth(gap)
      } else {
        .no
      }
    return gather.fold == .some ? found : found.opposite
  }

  private func least(faultsOf values: [Value]) -> Value? {
    values.filter(\.isFault).min { $0.bits < $1.bits }
  }

  private func least(causesOf values: [Value]) -> Value? {
    values.filter { !$0.isKnown && !$0.isFault }.min { $0.bits < $1.bits }?.asMissing
  }

  // MARK: - Folds over known values

  /// The exact sum: only the result has to fit, so the order of the parts does not matter. The sum
  /// of nothing is the zero of the type.
  func sum(of values: [Value], type: ValueType) -> Value {
    guard let first = values.first else { return Scalars.zero(of: type) }
    if let fault = mixedCurrencies(in: values) { return fault }
    return Scalars.sum(values, like: first)
  }

  /// The least (`<`) or greatest (`>`) of the values; of equal ones any.
  func extreme(of values: [Value], _ relation: String) -> Value? {
    if let fault = mixedCurrencies(in: values) { return fault }
    return values.first { value in
      values.allSatisfy { other in
        if case .yes = compare(other, relation, value) { false } else { true }
      }
    }
  }

  /// The one in the middle, or the average of the two that are.
  private func median(of values: [Value], type: ValueType) -> Value? {
    if values.isEmpty { return nil }
    if let fault = mixedCurrencies(in: values) { return fault }
    let sorted = values.sorted { Scalars.order($0, $1) < 0 }
    let upper = sorted[sorted.count / 2]
    if sorted.count % 2 == 1 { return upper }
    let total = sum(of: [sorted[sorted.count / 2 - 1], upper], type: type)
    return total.isKnown ? Scalars.ratio(total, .number(Decimal(2))) : total
  }

  private func mixedCurrencies(in values: [Value]) -> Value? {
    let currencies = Set(values.filter { $0.tag == .money }.map(\.aux))
    return currencies.count > 1 ? .fault(Cause(.mixedCurrencies)) : nil
  }

  // MARK: - Order

  /// The first record by keys, or all of them in that order.
  private func selection(_ gather: Gather, _ sure: [Candidate], site: Int) -> Value {
    let keyed = sure.map { candidate in
      (candidate.record, gather.keys.map { value(of: $0.term, in: candidate.frame) })
    }
    if let fault = least(faultsOf: keyed.flatMap(\.1)) { return fault }
    for index in gather.keys.indices {
      if let fault = mixedCurrencies(in: keyed.map { $0.1[index] }) { return fault }
    }
    let sorted = keyed.sorted { a, b in
      let order = self.order(a.1, b.1, by: gather.keys)
      return order != 0 ? order < 0 : comesFirst(a.0, b.0)
    }
    if gather.fold == .list { return facts.lists.add(sorted.map(\.0)) }
    guard let first = sorted.first else { return .missing(Cause(.empty, site: site)) }
    if sorted.count > 1, order(first.1, sorted[1].1, by: gather.keys) == 0 {
      return Value(.tied, Cause(.tie, site: site))
    }
    return first.0
  }

  /// Which of two rows of keys comes first: negative, zero or positive. A key that is not known
  /// comes last, whether the order rises or falls.
  func order(_ a: [Value], _ b: [Value], by keys: [Gather.Key]) -> Int {
    for (index, key) in keys.enumerated() {
      let x = a[index]
      let y = b[index]
      if x.isKnown != y.isKnown { return x.isKnown ? -1 : 1 }
      guard x.isKnown else { continue }
      let order = keyOrder(x, y)
      if order != 0 { return key.isDescending ? -order : order }
    }
    return 0
  }

  /// The order of two known values in a `by`: as they compare; texts by their bytes in UTF-8, no
  /// before yes, records by their key fields.
  func keyOrder(_ a: Value, _ b: Value, depth: Int = 0) -> Int {
    switch (a.tag, b.tag) {
    case (.text, .text):
      let x = Array(text(a).utf8)
      let y = Array(text(b).utf8)
      return x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1
    case (.record, .record):
      if a.isSame(as: b) || a.aux != b.aux || depth > 8 { return 0 }
      for field in facts.schema.records[Int(a.aux)].key {
        let x = self.field(field, of: a)
        let y = self.field(field, of: b)
        if x.isKnown != y.isKnown { return x.isKnown ? -1 : 1 }
        guard x.isKnown else { continue }
        let order = keyOrder(x, y, depth: depth + 1)
        if order != 0 { return order }
      }
      return 0
    case (.list, .list):
      let (x, y) = (items(of: a), items(of: b))
      let places = (0..<min(x.count, y.count)).map { Gather.Key(TermID($0), isDescending: false) }
      let order = self.order(
        Array(x.prefix(places.count)), Array(y.prefix(places.count)), by: places)
      return order != 0 ? order : x.count - y.count
    case (.money, .money):
      let order = Scalars.order(a, b)
      return order != 0 ? order : Int(a.aux) - Int(b.aux)
    default:
      return a.tag == b.tag ? Scalars.order(a, b) : 0
    }
  }

  /// The order of records where nothing else parts them: by key, and rows at the very end.
  func comesFirst(_ a: Value, _ b: Value) -> Bool {
    let order = keyOrder(a, b)
    return order != 0 ? order < 0 : a.bits < b.bits
  }

  // MARK: - Splitting an amount

  /// The share of one record when an amount is split over all that are in. A record that is not
  /// among them has a share of zero.
  private func share(
    _ gather: Gather, _ all: [Candidate], amount: Value, quantum: Value, weight: TermID,
    type: ValueType, in frame: Frame
  ) -> Value {
    let subject = gather.value.map { value(of: $0, in: frame) } ?? .missing(Cause(.empty))
    let sure = all.filter(\.isSure)
    let weights = sure.map { value(of: weight, in: $0.frame) }
    let keys = sure.map { candidate in
      gather.keys.map { value(of: $0.term, in: candidate.frame) }
    }
    let gaps = [subject, amount, quantum]
    if let gap = firstGap(gaps) { return gap }
    let rows = all.map(\.holds.value) + weights
    if let gap = least(faultsOf: rows + keys.flatMap { $0 }) ?? least(causesOf: rows) { return gap }

    let order = sure.indices.sorted { a, b in
      let order = self.order(keys[a], keys[b], by: gather.keys)
      return order != 0 ? order < 0 : comesFirst(sure[a].record, sure[b].record)
    }
    guard let place = order.firstIndex(where: { sure[$0].record.isSame(as: subject) }) else {
      return Scalars.zero(of: type)
    }
    return apportion(amount, quantum: quantum, weights: order.map { weights[$0] })
      .map { $0[place] }.value
  }

  enum Parts {
    case parts([Value])
    case gap(Value)

    func map(_ pick: ([Value]) -> Value) -> (value: Value, Void) {
      switch self {
      case .parts(let values): (pick(values), ())
      case .gap(let value): (value, ())
      }
    }
  }

  /// Splits an amount by weights into multiples of a quantum, largest remainder, ties in order.
  ///
  /// What is finer than the quantum goes to the first part, so the parts add up to the amount.
  /// A negative amount is split as its opposite. Weights that add up to zero leave it missing;
  /// a negative weight or a quantum that is not positive is out of domain.
  func apportion(_ amount: Value, quantum: Value, weights: [Value]) -> Parts {
    let scale = Int(max(amount.scale, quantum.scale))
    let weightScale = Int(weights.map(\.scale).max() ?? 0)
    let sizes = weights.map { Int128($0.bits) * power(of: weightScale - Int($0.scale)) }
    let step = Int128(quantum.bits) * power(of: scale - Int(quantum.scale))
    let whole = Int128(amount.bits.magnitude) * power(of: scale - Int(amount.scale))
    guard step > 0, sizes.allSatisfy({ $0 >= 0 }) else {
      return .gap(.fault(Cause(.outOfDomain)))
    }
    let total = sizes.reduce(0, +)
    guard total > 0 else { return .gap(.missing(Cause(.divisionByZero))) }

    let units = whole / step
    var shares: [Int128] = []
    var remainders: [Int128] = []
    for size in sizes {
      let (product, overflow) = units.multipliedReportingOverflow(by: size)
      if overflow { return .gap(.fault(Cause(.overflow))) }
      shares.append(product / total)
      remainders.append(product % total)
    }
    let left = Int(units - shares.reduce(0, +))
    let byRemainder = sizes.indices.sorted {
      remainders[$0] != remainders[$1] ? remainders[$0] > remainders[$1] : $0 < $1
    }
    for index in byRemainder.prefix(left) { shares[index] += 1 }

    var parts: [Value] = []
    for (index, share) in shares.enumerated() {
      let size = share * step + (index == 0 ? whole % step : 0)
      guard let value = Scalars.fitting(amount.bits < 0 ? -size : size, scale, like: amount) else {
        return .gap(.fault(Cause(.overflow)))
      }
      parts.append(value)
    }
    return .parts(parts)
  }

  private func power(of exponent: Int) -> Int128 {
    (0..<exponent).reduce(Int128(1)) { result, _ in result * 10 }
  }
}

extension Evaluator.Candidate {
  var isSure: Bool { if case .yes = holds { true } else { false } }
}
