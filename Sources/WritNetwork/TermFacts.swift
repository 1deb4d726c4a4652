import WritModel
import WritRules

/// What is known of each term before anything runs: what it looks at and what it costs.
struct TermFacts: Sendable {
  struct Entry: Sendable {
    /// One bit a free slot; the last bit stands for all slots from 63 up.
    var slots: UInt64 = 0
    /// Folds, choices and other attributes: worth skipping for lanes that do not need it.
    var isHeavy = false
    var readsToday = false
    var readsCounters = false
    /// The index of a set of record types in `recordSets`.
    var records: Int32 = 0
    /// How many attributes deep it reads.
    var level: Int32 = 0
    /// The deepest attribute that it reads of its own subject on its own date; -1: none.
    var deepest: Int32 = -1
    var deepestLevel: Int32 = 0
  }
  private(set) var entries: [Entry]
  /// Which record types a term reads (their fields, or that they exist), each set once.
  private(set) var recordSets: [RecordSet] = [RecordSet()]
  private var known: [Bool]
  private var setIndex: [RecordSet: Int32] = [RecordSet(): 0]

  subscript(term: TermID) -> Entry { entries[Int(term.index)] }

  func records(_ term: TermID) -> RecordSet { recordSets[Int(self[term].records)] }

  init(_ program: Program) {
    entries = Array(repeating: Entry(), count: program.terms.count)
    known = Array(repeating: false, count: program.terms.count)
    // Attributes stand after those they read, so this order keeps the recursion as shallow as the
    // terms are nested.
    for attribute in program.attributes { find(attribute.term, program) }
    for index in program.terms.indices { find(TermID(index), program) }
  }

  static func bit(_ slot: Int32) -> UInt64 { 1 << UInt64(min(max(slot, 0), 63)) }

  private mutating func find(_ term: TermID, _ program: Program) {
    guard !known[Int(term.index)] else { return }
    known[Int(term.index)] = true
    var entry = Entry()
    func add(_ part: TermID, _ facts: inout TermFacts, hiding slot: Int32? = nil) {
      facts.find(part, program)
      let found = facts[part]
      entry.slots |= found.slots & ~(slot.map(Self.bit) ?? 0)
      entry.isHeavy = entry.isHeavy || found.isHeavy
      entry.readsToday = entry.readsToday || found.readsToday
      entry.readsCounters = entry.readsCounters || found.readsCounters
      entry.records = facts.union(entry.records, found.records)
      entry.level = max(entry.level, found.level)
      if found.deepestLevel > entry.deepestLevel {
        (entry.deepest, entry.deepestLevel) = (found.deepest, found.deepestLevel)
      }
    }
    switch program[term] {
    case .constant: break
    case .slot(let slot): entry.slots = Self.bit(slot)
    case .today: entry.readsToday = true
    case .field(let field, let of):
      add(of, &self)
      entry.records = union(entry.records, only(program.schema[field].record))
    case .attribute(let id, let arguments, let asOf):
      let attribute = program[id]
      add(attribute.term, &self)
      entry.slots = 0
      entry.level += 1
      (entry.deepest, entry.deepestLevel) = (-1, 0)
      if asOf == nil, arguments.count == 1, case .slot(0) = program[arguments[0]] {
        (entry.deepest, entry.deepestLevel) = (id.index, entry.level)
      }
      if asOf != nil { entry.readsToday = false }
      for argument in arguments { add(argument, &self) }
      if let asOf { add(asOf, &self) }
      entry.isHeavy = true
      entry.readsToday = entry.readsToday || (asOf == nil && attribute.readsToday)
      entry.readsCounters = entry.readsCounters || attribute.readsCounters
    case .operation(_, let arguments):
      for argument in arguments { add(argument, &self) }
    case .winner(let id), .collect(let id, _, _):
      for alternative in program[id].alternatives {
        add(alternative.guardTerm, &self)
        for payload in alternative.payload { add(payload, &self) }
      }
      for payload in program[id].otherwise?.payload ?? [] { add(payload, &self) }
      entry.isHeavy = true
    case .payload(let id, let column, let winner):
      add(winner, &self)
      for alternative in program[id].alternatives
      where alternative.payload.indices.contains(Int(column)) {
        add(alternative.payload[Int(column)], &self)
      }
      for payload in program[id].otherwise?.payload ?? [] { add(payload, &self) }
      entry.isHeavy = true
    case .gather(let id):
      let gather = program[id]
      var parts = gather.keys.map(\.term)
      if let term = gather.guardTerm { parts.append(term) }
      if let term = gather.value { parts.append(term) }
      if case .apportion(_, _, let weight) = gather.fold { parts.append(weight) }
      for part in parts { add(part, &self, hiding: gather.slot) }
      if case .apportion(let amount, let quantum, _) = gather.fold {
        add(amount, &self)
        add(quantum, &self)
      }
      entry.records = union(entry.records, only(gather.record))
      entry.isHeavy = true
    case .follow(let id):
      let follow = program[id]
      add(follow.start, &self)
      add(follow.next, &self, hiding: follow.slot)
      add(follow.condition, &self, hiding: follow.slot)
      entry.isHeavy = true
    case .counter(let id, let of):
      add(of, &self)
      entry.readsCounters = true
      entry.isHeavy = true
      let counter = program.counters[Int(id.index)]
      entry.records = union(entry.records, only(counter.record))
      if case .turns(_, let weight?, _) = counter.kind { add(weight, &self, hiding: 0) }
    }
    entries[Int(term.index)] = entry
  }

  /// The index of what two sets of record types are together.
  private mutating func union(_ first: Int32, _ second: Int32) -> Int32 {
    // Nearly always the two are the same, or one is empty.
    if first == second || second == 0 { return first }
    if first == 0 { return second }
    var records = recordSets[Int(first)]
    records.formUnion(recordSets[Int(second)])
    return index(of: records)
  }

  private mutating func only(_ record: RecordID) -> Int32 {
    var records = RecordSet()
    records.insert(record)
    return index(of: records)
  }

  private mutating func index(of records: RecordSet) -> Int32 {
    if let index = setIndex[records] { return index }
    let index = Int32(recordSets.count)
    setIndex[records] = index
    recordSets.append(records)
    return index
  }
}

/// A set of record types.
struct RecordSet: Hashable, Sendable {
  private var words: [UInt64] = []

  mutating func insert(_ record: RecordID) {
    let word = Int(record.index) / 64
    while words.count <= word { words.append(0) }
    words[word] |= 1 << UInt64(record.index % 64)
  }

  mutating func formUnion(_ other: RecordSet) {
    while words.count < other.words.count { words.append(0) }
    for (index, word) in other.words.enumerated() { words[index] |= word }
  }

  func contains(_ record: RecordID) -> Bool {
    let word = Int(record.index) / 64
    return word < words.count && words[word] >> UInt64(record.index % 64) & 1 == 1
  }
}
