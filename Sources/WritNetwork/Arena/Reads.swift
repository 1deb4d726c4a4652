import WritModel
import WritRules

/// Which facts a term depends on, however far away: fields, and that records of a type exist.
///
/// A field is its index; the existence of a record type's records is `fields + type`.
struct Reads: Sendable {
  private(set) var sets: [TermID: BitSet] = [:]
  /// By attribute, of its own term.
  private(set) var attributes: [BitSet] = []
  private let fieldCount: Int

  init(_ program: Program) {
    fieldCount = program.schema.fields.count
    // Attributes stand after those they read, so the recursion is as deep as a term is nested.
    for attribute in program.attributes { attributes.append(of(attribute.term, program)) }
  }

  func existence(_ record: RecordID) -> Int { fieldCount + Int(record.index) }

  /// The facts that a term depends on.
  mutating func of(_ term: TermID, _ program: Program) -> BitSet {
    if let known = sets[term] { return known }
    var found = BitSet()
    switch program[term] {
    case .constant, .slot, .today: break
    case .field(let field, let of):
      found = self.of(of, program)
      found.insert(Int(field.index))
      // A record that is gone makes what refers to it read differently.
      if let target = program.schema[field].type.referred { found.insert(existence(target)) }
    case .attribute(let id, let arguments, let asOf):
      found =
        attributes.indices.contains(Int(id.index))
        ? attributes[Int(id.index)] : of(program[id].term, program)
      for argument in arguments { found.formUnion(of(argument, program)) }
      if let asOf { found.formUnion(of(asOf, program)) }
    case .operation(let operation, let parts):
      for part in parts { found.formUnion(of(part, program)) }
      if case .lookup(let record) = operation { insertAll(of: record, program, &found) }
    case .winner(let id), .collect(let id, _, _): found = choose(program[id], program)
    case .payload(let id, _, let winner):
      found = choose(program[id], program)
      found.formUnion(of(winner, program))
    case .gather(let id):
      let gather = program[id]
      var parts = gather.keys.map(\.term)
      if let term = gather.guardTerm { parts.append(term) }
      if let term = gather.value { parts.append(term) }
      if case .apportion(let amount, let quantum, let weight) = gather.fold {
        parts += [amount, quantum, weight]
      }
      for part in parts { found.formUnion(of(part, program)) }
      found.insert(existence(gather.record))
      switch gather.fold {
      // Orders end with the key.
      case .pick, .list, .apportion:
        for field in program.schema[gather.record].key { found.insert(Int(field.index)) }
      case .some, .no, .every, .count, .sum, .average, .min, .max, .median, .countDistinct: break
      }
    case .follow(let id):
      for part in [program[id].start, program[id].next, program[id].condition] {
        found.formUnion(of(part, program))
      }
    case .counter(let id, let of):
      found = self.of(of, program)
      let counter = program.counters[Int(id.index)]
      found.insert(existence(counter.record))
      switch counter.kind {
      case .load(let field): found.insert(Int(field.index))
      case .turns(_, let weight, _):
        if let weight { found.formUnion(self.of(weight, program)) }
      }
    }
    sets[term] = found
    return found
  }

  private mutating func choose(_ choose: Choose, _ program: Program) -> BitSet {
    var found = BitSet()
    for alternative in choose.alternatives {
      found.formUnion(of(alternative.guardTerm, program))
      for payload in alternative.payload { found.formUnion(of(payload, program)) }
    }
    for payload in choose.otherwise?.payload ?? [] { found.formUnion(of(payload, program)) }
    return found
  }

  private func insertAll(of record: RecordID, _ program: Program, _ found: inout BitSet) {
    found.insert(existence(record))
    for field in program.schema[record].fields { found.insert(Int(field.index)) }
  }
}

/// A set of small numbers.
struct BitSet: Hashable, Sendable {
  private(set) var words: [UInt64] = []

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  mutating func insert(_ member: Int) {
    while words.count <= member >> 6 { words.append(0) }
    words[member >> 6] |= 1 << UInt64(member & 63)
  }

  mutating func formUnion(_ other: BitSet) {
    while words.count < other.words.count { words.append(0) }
    for (index, word) in other.words.enumerated() { words[index] |= word }
  }

  func contains(_ member: Int) -> Bool {
    member >> 6 < words.count && words[member >> 6] >> UInt64(member & 63) & 1 != 0
  }

  /// The members, ascending.
  var members: [Int] {
    words.enumerated().flatMap { index, word in
      (0..<64).filter { word >> UInt64($0) & 1 != 0 }.map { index * 64 + $0 }
    }
  }
}
