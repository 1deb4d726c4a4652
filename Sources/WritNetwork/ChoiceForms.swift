public import WritModel
public import WritRules

/// Forms of one choose that differ in their alternatives: what would be chosen if some were not
/// there, others were, or they stood elsewhere.
///
/// The alternatives are those of chooses of one network, so no form has to be checked or compiled
/// for itself: one index over all of them tells what each form chooses (`JointChoice`).
public final class ChoiceForms: Sendable {
  /// The place of a form is its bit.
  public let count: Int
  let record: RecordID
  /// The choose that the forms are of: the site of what they cannot decide.
  let choose: ChooseID
  let direct: DirectChoice
  /// All alternatives there are, with an index or a table by one value where that is worth it.
  let plan: ChoosePlan
  private let members: [UInt64]

  /// nil: there are too many forms, or the attribute is not the winner of a choose of policy *first*
  /// or a constant that goes with it, in all forms.
  public convenience init?(
    _ forms: [[Choose.Alternative]], of attribute: AttributeID, in network: Network
  ) {
    guard forms.count <= 64 else { return nil }
    self.init(ChooseFamily.merged(forms), count: forms.count, of: attribute, in: network)
  }

  /// Forms of which each is one list with some alternatives, by their places, replaced by others.
  public convenience init?(
    _ list: [Choose.Alternative], replacing: [[Int: Choose.Alternative]],
    of attribute: AttributeID, in network: Network
  ) {
    guard replacing.count <= 64 else { return nil }
    let all: UInt64 = replacing.count == 64 ? ~0 : 1 << UInt64(replacing.count) - 1
    let places = Set(replacing.flatMap(\.keys))
    var entries: [ChooseFamily.Entry] = []
    for (place, alternative) in list.enumerated() {
      var own = ChooseFamily.Entry(alternative: alternative, members: all)
      var others: [ChooseFamily.Entry] = []
      if places.contains(place) {
        for (form, replaced) in replacing.enumerated() {
          guard let other = replaced[place] else { continue }
          own.members &= ~(1 << UInt64(form))
          if let known = others.firstIndex(where: { $0.alternative == other }) {
            others[known].members |= 1 << UInt64(form)
          } else {
            others.append(ChooseFamily.Entry(alternative: other, members: 1 << UInt64(form)))
          }
        }
      }
      if own.members != 0 { entries.append(own) }
      entries += others
    }
    self.init(entries, count: replacing.count, of: attribute, in: network)
  }

  private init?(
    _ entries: [ChooseFamily.Entry], count: Int, of attribute: AttributeID, in network: Network
  ) {
    guard (1...64).contains(count), let direct = network.direct[Int(attribute.index)],
      let record = network.attributes[Int(attribute.index)].record
    else { return nil }
    let program = network.program
    let isStrict = program[direct.choose].isStrict
    plan = ChoosePlan(
      Choose(
        policy: .first, isStrict: isStrict, alternatives: entries.map(\.alternative),
        otherwise: nil),
      members: entries.map(\.members), program, network.facts, indexing: true)
    if let column = direct.column {
      guard plan.isConstant.indices.contains(column), plan.isConstant[column] else { return nil }
    }
    self.count = count
    members = entries.map(\.members)
    choose = direct.choose
    self.direct = direct
    self.record = record
  }

  /// What each form answers for a row, alternative by alternative: for rows that are not decided by
  /// the index.
  public func values(row: Int, in memory: Memory) -> [Value] {
    let otherwise =
      direct.otherwise.map { memory.constants[Int($0.index)] }
      ?? memory.otherwise(memory.network.chooses[Int(choose.index)], choose)
    var values = Array(repeating: otherwise, count: count)
    var pending: UInt64 = count == 64 ? ~0 : 1 << UInt64(count) - 1
    let frame = Frame(slots: [.record(row, of: record)], today: memory.today)
    for (place, guardTerm) in plan.guards.enumerated() {
      let forms = members[place] & pending
      guard forms != 0 else { continue }
      let held = memory.value(of: guardTerm, in: frame)
      let value: Value
      switch Truth(held) {
      case .yes:
        value =
          direct.column.map { memory.constants[Int(plan.columns[$0][place].index)] }
          ?? Value(rule: plan.rules[place])
      case .fault: value = held
      case .unknown where plan.isStrict:
        value = Value(.undetermined, Cause(.undecided, site: Int(choose.index)))
      case .no, .unknown: continue
      }
      for form in 0..<count where forms >> UInt64(form) & 1 == 1 { values[form] = value }
      pending &= ~forms
      if pending == 0 { break }
    }
    return direct.isAnswer ? values.map(\.asAnswer) : values
  }
}

extension Network {
  /// The choose whose winner an attribute is, or a constant that goes with it, where its answers come
  /// straight from an index.
  public func choose(behind attribute: AttributeID) -> ChooseID? {
    direct[Int(attribute.index)]?.choose
  }
}
