import WritModel
import WritSyntax
import WritText

/// Who a name means, by the kind of place it stands in. Names and labels are both keys.
struct Symbols {
  enum TypeSymbol: Hashable {
    case enumeration(EnumID)
    case tree(TreeID)
    case record(RecordID)
  }
  enum Member: Hashable {
    case field(FieldID)
    /// `quote.lines`: the records whose field `via` names this one.
    case parts(RecordID, via: FieldID)
    case derived(DerivedID)
  }
  enum Global: Hashable {
    case derived(DerivedID)
    case param(UnitID)
  }
  struct Entry<Meaning: Hashable> {
    var meaning: Meaning
    var span: Span?
    /// A label that two things share means nothing.
    var isAmbiguous = false
  }
  var types: [String: Entry<TypeSymbol>] = [:]
  /// By record.
  var members: [[String: Entry<Member>]] = []
  var globals: [String: Entry<Global>] = [:]
  var queues: [String: Entry<QueueID>] = [:]
  var currencies: [String: CurrencyID] = [:]
  /// By enum: the ordinal of each member.
  var enumMembers: [[String: Int]] = []
  /// By tree: the preorder index of each node.
  var treeNodes: [[String: Int]] = []
  /// The enums and trees that have a member of the name, for places without an expected type.
  var owners: [String: [TypeSymbol]] = [:]
  /// By record: the unit that declares it (built-in records have none).
  var recordUnits: [UnitID] = []
  /// The first name that each unit declared.
  var firstDerived: [UnitID: DerivedID] = [:]
  /// The built-in types, once declared.
  var currencyEnum: EnumID?
  var permission: EnumID?
  var verdict: EnumID?
  var matchResult: EnumID?
  var requirement: EnumID?
  var approval: RecordID?
  /// Who may have approved: the rungs of all ladders and the parties that any block asks.
  var approver: EnumID?
}

extension Checker {
  mutating func declareMember(
    _ name: Named, of record: RecordID, as member: Symbols.Member, at span: Span
  ) {
    for spelling in [name.name, name.label].compactMap({ $0 }) {
      if let first = symbols.members[Int(record.index)][spelling] {
        if first.meaning == member { continue }
        report(.duplicateName(spelling, at: span, first: first.span))
      } else {
        symbols.members[Int(record.index)][spelling] = .init(meaning: member, span: span)
      }
    }
  }

  mutating func declareGlobalSymbol(_ name: Named, _ global: Symbols.Global, at span: Span) {
    for spelling in [name.name, name.label].compactMap({ $0 }) {
      if let first = symbols.globals[spelling] {
        if first.meaning == global { continue }
        report(.duplicateName(spelling, at: span, first: first.span))
      } else {
        symbols.globals[spelling] = .init(meaning: global, span: span)
      }
    }
  }

  /// The record that a name means; reports and returns nil when it means none.
  mutating func record(_ name: Name) -> RecordID? {
    if case .record(let id)? = symbols.types[name.text]?.meaning { return id }
    report(.unknownType(name, wanted: .record, near: nearTypes(name.text)))
    return nil
  }

  /// The enum that a name means; reports and returns nil when it means none.
  mutating func enumeration(_ name: Name) -> EnumID? {
    if case .enumeration(let id)? = symbols.types[name.text]?.meaning { return id }
    report(.unknownType(name, wanted: .enumeration, near: nearTypes(name.text)))
    return nil
  }

  /// The queue that a name means; reports and returns nil when it means none.
  mutating func queue(_ name: Name) -> QueueID? {
    if let entry = symbols.queues[name.text] { return entry.meaning }
    report(.unknownName(name, near: near(name.text, in: symbols.queues.keys)))
    return nil
  }

  /// Registers what questions and variants call a block, and reports a second one of the same name.
  mutating func declareBlock(_ key: BlockKey, by unit: UnitID, at span: Span) {
    if let first = blocks[key] {
      report(.duplicateBlock(at: span, first: units[Int(first.index)].declaration.span))
    } else {
      blocks[key] = unit
    }
  }

  /// The block that a reference names; reports and returns nil when there is none.
  mutating func block(_ reference: BlockReference) -> UnitID? {
    var record: RecordID?
    if let name = reference.record {
      guard let found = self.record(name) else { return nil }
      record = found
    }
    let key = BlockKey(kind: reference.kind, record: record, name: reference.name?.text)
    if let unit = blocks[key] {
      if let name = symbols.firstDerived[unit] { derived[Int(name.index)].isRead = true }
      return unit
    }
    // The record or the name may be left out where only one block fits.
    let fitting = blocks.filter {
      $0.key.kind == reference.kind && (record == nil || $0.key.record == record)
        && (reference.name == nil || $0.key.name == reference.name?.text)
    }
    if fitting.count == 1, let only = fitting.first { return only.value }
    report(.unknownBlock(at: reference.span))
    return nil
  }

  /// The name that looks most like one that means nothing, if one does.
  func near(_ name: String, in candidates: some Sequence<String>) -> [String] {
    nearest(to: name, among: candidates.sorted()).map { [$0] } ?? []
  }

  func nearTypes(_ name: String) -> [String] { near(name, in: symbols.types.keys) }
}
