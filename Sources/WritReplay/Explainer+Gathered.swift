import WritModel
import WritNetwork
import WritRules
import WritText

// What folds, quantifiers, picks and follows rest on: how many records, which of them, along which
// way.
extension Explainer {
  /// A fold or a follow inside a term.
  enum Gathering: Hashable {
    case gather(GatherID)
    case follow(FollowID)
  }

  /// The folds and follows that a term itself makes; those of the values it reads are opened there.
  func gatherings(in term: TermID, depth: Int = 0) -> [Gathering] {
    guard depth < 30 else { return [] }
    switch program[term] {
    case .gather(let id): return [.gather(id)]
    case .follow(let id): return [.follow(id)]
    case .operation(_, let arguments):
      return arguments.flatMap { gatherings(in: $0, depth: depth + 1) }
    case .field(_, let of): return gatherings(in: of, depth: depth + 1)
    case .constant, .slot, .today, .attribute, .winner, .payload, .collect, .counter: return []
    }
  }

  func gatheredFacts(_ gathering: Gathering, in frame: Frame) -> [Fact] {
    switch gathering {
    case .gather(let id): gathered(id, in: frame)
    case .follow(let id): followed(program[id], in: frame)
    }
  }

  private func gathered(_ id: GatherID, in frame: Frame) -> [Fact] {
    let gather = program[id]
    // Whoever may not see what is folded may not see how many there are either.
    if gather.reads.contains(where: { redaction.hides($0, in: frame, memory) }) { return [] }
    let outer = outerValues(of: gather, in: frame)
    switch gather.fold {
    case .pick:
      let picked = memory.value(of: pickTerm(id), in: frame)
      guard picked.tag == .record else { return outer }
      let inner = frame.with(picked, at: Int(gather.slot))
      let keys = gather.keys.map { keyText($0.term, in: inner) }
      return [
        Fact(
          .value, name(ofRecord: picked),
          data: [("key", .text(wording.key(of: picked, in: memory.facts)))],
          facts: keys.map { Fact(.value, $0) })
      ]
    case .some, .no: return outer + witness(gather, holds: true, in: frame)
    case .every: return outer + witness(gather, holds: false, in: frame)
    case .apportion: return []
    case .count, .sum, .average, .min, .max, .median, .countDistinct, .list:
      return outer + [folded(gather, in: frame)]
    }
  }

  /// The record with the least key for which a quantifier's condition holds, or does not.
  private func witness(_ gather: Gather, holds: Bool, in frame: Frame) -> [Fact] {
    let terms = [gather.guardTerm, gather.value].compactMap(\.self)
    var first: Value?
    for row in memory.facts[gather.record].liveRows {
      let record = Value.record(row, of: gather.record)
      if let first, !memory.precedes(record, first) { continue }
      let inner = frame.with(record, at: Int(gather.slot))
      if holds {
        guard terms.allSatisfy({ truth($0, in: inner) == .yes }) else { continue }
      } else {
        guard gather.value == nil || gather.guardTerm.map({ truth($0, in: inner) == .yes }) ?? true,
          let last = terms.last, truth(last, in: inner) != .yes
        else { continue }
      }
      first = record
    }
    guard let first else { return [] }
    let inner = frame.with(first, at: Int(gather.slot))
    let values = terms.flatMap { ownOperands(of: $0, gather, in: inner) }
    return [
      Fact(
        .value, name(ofRecord: first),
        data: [("key", .text(wording.key(of: first, in: memory.facts)))],
        facts: values)
    ]
  }

  /// `3 lines: Q-1-1 500.00 · Q-1-2 300.00 · …`: how many records, and those that weigh most.
  private func folded(_ gather: Gather, in frame: Frame) -> Fact {
    var parts: [(value: Value, record: Value)] = []
    for row in memory.facts[gather.record].liveRows {
      let record = Value.record(row, of: gather.record)
      let inner = frame.with(record, at: Int(gather.slot))
      guard gather.guardTerm.map({ truth($0, in: inner) == .yes }) ?? true else { continue }
      let value = gather.value.map { memory.value(of: $0, in: inner) }
      parts.append((value ?? .missing(Cause(.empty)), record))
    }
    let count = parts.count
    let type = wording.text(program.schema[gather.record].name)
    let isLeast = gather.fold == .min
    // Numbers come first, the greatest of all (of a `min` the least); what weighs the same by keys.
    func isNumber(_ value: Value) -> Bool { value.tag == .number || value.tag == .money }
    parts.sort { a, b in
      if isNumber(a.value) != isNumber(b.value) { return isNumber(a.value) }
      if isNumber(a.value) {
        let (x, y) = (a.value.decimal, b.value.decimal)
        if x.isLess(than: y) { return isLeast }
        if y.isLess(than: x) { return !isLeast }
      }
      return memory.precedes(a.record, b.record)
    }
    let shown = parts.prefix(3).map { part in
      let name = wording.record(part.record, in: memory.facts)
      let inner = frame.with(part.record, at: Int(gather.slot))
      let text = gather.value.map { " " + self.shown($0, in: inner) } ?? ""
      return Fact(
        .value, name + text,
        data: [("key", .text(wording.key(of: part.record, in: memory.facts)))])
    }
    let rest = count > shown.count && count > 0 ? [Fact(.note, "…")] : []
    return Fact(
      .note, say("\(count) × \(type)", zh: "\(type) \(count) 条"),
      data: [("count", .integer(count))],
      facts: shown + rest)
  }

  /// `甲 → 乙 → 丙`, and why it went no further.
  private func followed(_ follow: Follow, in frame: Frame) -> [Fact] {
    if [follow.start, follow.next, follow.condition].contains(where: {
      redaction.hides($0, in: frame, memory)
    }) {
      return []
    }
    var record = memory.value(of: follow.start, in: frame)
    var names: [String] = []
    var last: [Fact] = []
    while record.tag == .record, names.count < 12 {
      names.append(wording.record(record, in: memory.facts))
      let inner = frame.with(record, at: Int(follow.slot))
      let next = memory.value(of: follow.next, in: inner)
      guard next.tag == .record else { break }
      if truth(follow.condition, in: inner) != .yes {
        last = ownOperands(of: follow.condition, slot: follow.slot, in: inner)
        break
      }
      record = next
    }
    guard !names.isEmpty else { return [] }
    return [Fact(.value, names.joined(separator: " → "), facts: last)]
  }

  // MARK: Inside and outside

  /// What a fold's condition reads of the record outside it: `phone 139…`.
  private func outerValues(of gather: Gather, in frame: Frame) -> [Fact] {
    guard let condition = gather.guardTerm else { return [] }
    return operands(of: condition)
      .filter { !reads($0, slot: gather.slot) }
      .map { valueFact($0, in: frame, depth: 0) }
  }

  /// What a term reads of the record that a fold looks at, without saying each time whose it is.
  private func ownOperands(of term: TermID, _ gather: Gather, in frame: Frame) -> [Fact] {
    ownOperands(of: term, slot: gather.slot, in: frame)
  }

  private func ownOperands(of term: TermID, slot: Int32, in frame: Frame) -> [Fact] {
    operands(of: term).filter { reads($0, slot: slot) }.map { operand in
      var fact = valueFact(operand, in: frame, depth: 0)
      if let last = frame.slots.last, last.tag == .record {
        let type = wording.text(program.schema[RecordID(Int(last.aux))].name) + "."
        if fact.text.hasPrefix(type) { fact.text = String(fact.text.dropFirst(type.count)) }
      }
      return fact
    }
  }

  /// Whether a path or its arguments begin at a slot.
  private func reads(_ term: TermID, slot: Int32, depth: Int = 0) -> Bool {
    guard depth < 30 else { return false }
    switch program[term] {
    case .slot(let own): return own == slot
    case .field(_, let of), .counter(_, let of): return reads(of, slot: slot, depth: depth + 1)
    case .attribute(_, let arguments, _), .operation(_, let arguments):
      return arguments.contains { reads($0, slot: slot, depth: depth + 1) }
    case .constant, .today, .winner, .payload, .collect, .gather, .follow: return false
    }
  }
}
