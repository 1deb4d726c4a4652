import WritModel
import WritRules

/// What a gather has seen so far of its records.
///
/// The order of rows never shows: of several faults or causes the one of least number is told.
struct GatherFold {
  private let gather: Gather
  var count = 0
  var isFound = false
  var total = Total()
  var values: [Value] = []
  private(set) var best: Value?
  private(set) var isTied = false
  private(set) var mixesCurrencies = false
  private var bestKeys: [Value] = []
  private var rows: [(row: Value, keys: [Value])] = []
  private var keyCurrencies: [UInt16?]
  private(set) var leastFault: Value?
  private(set) var leastKeyFault: Value?
  private var leastCause: Value?

  init(_ gather: Gather) {
    self.gather = gather
    keyCurrencies = Array(repeating: nil, count: gather.keys.count)
  }

  mutating func clear() {
    count = 0
    isFound = false
    total = Total()
    values.removeAll(keepingCapacity: true)
    best = nil
    isTied = false
    mixesCurrencies = false
    bestKeys.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    for index in keyCurrencies.indices { keyCurrencies[index] = nil }
    leastKeyFault = nil
    leastFault = nil
    leastCause = nil
  }

  /// Whether what comes cannot change the answer.
  var isDecided: Bool { isFound }

  var leastGap: Value? { leastFault ?? leastCause?.asArgument }

  mutating func note(gap: Value) {
    if gap.isFault {
      if leastFault.map({ gap.bits < $0.bits }) ?? true { leastFault = gap }
    } else if leastCause.map({ gap.bits < $0.bits }) ?? true {
      leastCause = gap
    }
  }

  /// Adds a known value.
  mutating func add(_ value: Value) {
    switch gather.fold {
    case .sum, .average: total.add(value)
    case .min, .max, .median, .countDistinct: values.append(value)
    case .some, .no, .every, .count, .pick, .list, .apportion: break
    }
  }

  /// Adds a record with its keys, for `pick` and `list`.
  mutating func add(
    _ row: Value, keys: UnsafeMutablePointer<Register>, _ lane: Int, in memory: Memory
  ) {
    for index in gather.keys.indices {
      let key = keys[index][lane]
      if key.isFault {
        if leastKeyFault.map({ key.bits < $0.bits }) ?? true { leastKeyFault = key }
      } else if key.tag == .money {
        if let currency = keyCurrencies[index] {
          if currency != key.aux { mixesCurrencies = true }
        } else {
          keyCurrencies[index] = key.aux
        }
      }
    }
    if case .list = gather.fold {
      rows.append((row, gather.keys.indices.map { keys[$0][lane] }))
      return
    }
    guard best != nil else {
      best = row
      bestKeys.removeAll(keepingCapacity: true)
      for index in gather.keys.indices { bestKeys.append(keys[index][lane]) }
      return
    }
    var order = 0
    for (index, key) in gather.keys.enumerated() where order == 0 {
      order = memory.order(keys[index][lane], bestKeys[index], isDescending: key.isDescending)
    }
    if order == 0 {
      isTied = true
    } else if order < 0 {
      best = row
      isTied = false
      for index in gather.keys.indices { bestKeys[index] = keys[index][lane] }
    }
  }

  func sortedRows(in memory: Memory) -> [Value] {
    rows.sorted { memory.comesFirst($0.row, $0.keys, $1.row, $1.keys, gather.keys) }.map(\.row)
  }
}

// The order of records and keys.
extension Memory {
  /// Negative, zero or positive; a key that is not known comes last either way.
  func order(_ a: Value, _ b: Value, isDescending: Bool) -> Int {
    if a.isKnown != b.isKnown { return a.isKnown ? -1 : 1 }
    guard a.isKnown else { return 0 }
    let order = keyOrder(a, b, depth: 0)
    return isDescending ? -order : order
  }

  /// The order of two known values in a `by`: texts by their bytes, records by their key fields.
  func keyOrder(_ a: Value, _ b: Value, depth: Int) -> Int {
    guard a.tag == b.tag else { return 0 }
    switch a.tag {
    case .text:
      if a.bits == b.bits { return 0 }
      return textOrder(a, b)
    case .record:
      if a.aux != b.aux || a.bits == b.bits || depth > 8 { return 0 }
      for field in facts.schema.records[Int(a.aux)].key {
        let column = columns[Int(field.index)]
        guard a.bits >= 0, b.bits >= 0, a.bits < column.count, b.bits < column.count else {
          return 0
        }
        let x = column.base[Int(a.bits)]
        let y = column.base[Int(b.bits)]
        if x.isKnown != y.isKnown { return x.isKnown ? -1 : 1 }
        guard x.isKnown else { continue }
        let order = keyOrder(x, y, depth: depth + 1)
        if order != 0 { return order }
      }
      return 0
    case .list:
      // Records without a key stand in the order of all they say, lists too.
      let x = facts.lists.items(of: a)
      let y = facts.lists.items(of: b)
      for (x, y) in zip(x, y) {
        if x.isKnown != y.isKnown { return x.isKnown ? -1 : 1 }
        let order = x.isKnown ? keyOrder(x, y, depth: depth + 1) : 0
        if order != 0 { return order }
      }
      return x.count == y.count ? 0 : x.count < y.count ? -1 : 1
    case .money:
      let order = Value.order(a, b)
      return order != 0 || a.aux == b.aux ? order : a.aux < b.aux ? -1 : 1
    case .missing, .none, .tied, .undetermined, .fault, .boolean, .number, .date, .time,
      .duration, .member, .node, .queue, .rule:
      return Value.order(a, b)
    }
  }

  private func textOrder(_ a: Value, _ b: Value) -> Int {
    let x = text(a).utf8
    let y = text(b).utf8
    return x.elementsEqual(y) ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1
  }

  /// By keys, then by the record's own key, and rows at the very end.
  func comesFirst(
    _ a: Value, _ aKeys: [Value], _ b: Value, _ bKeys: [Value], _ keys: [Gather.Key]
  ) -> Bool {
    for (index, key) in keys.enumerated() {
      let order = order(aKeys[index], bKeys[index], isDescending: key.isDescending)
      if order != 0 { return order < 0 }
    }
    let order = keyOrder(a, b, depth: 0)
    return order != 0 ? order < 0 : a.bits < b.bits
  }

  func text(_ value: Value) -> String { facts.texts.text(of: Symbol(Int(value.bits))) }
}
