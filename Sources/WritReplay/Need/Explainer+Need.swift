public import WritModel
import WritNetwork
public import WritRules
import WritText

// `what would it take`: asked in words, answered in words.
extension Explainer {
  /// The cheapest changes of the record's own fields that lead to an answer: each was evaluated.
  ///
  /// `wanted` is the answer as people write it: a member, a record's key or name, a queue, a rule's
  /// title, a number, or a bound such as `<= 70`.
  public func need(_ decision: DecisionID, _ record: Value, _ wanted: String) -> Explanation {
    var (explainer, explanation) = inRun(decision, record)
    // What counted the win is no part of what it would take.
    explanation = explainer.why(decision, [record], today: memory.today)
    let found = explainer.ways(decision, record, wanted)
    let name = wording.quoted(wanted)
    explanation.headline += say("   (what would it take for \(name))", zh: "   （怎样才能是 \(name)）")
    explanation.isAnswered = found.outcome != .notAnAnswer
    explanation.facts = explainer.facts(of: found, decision, record)
    return explanation
  }

  /// As `need`, for programs.
  public func ways(_ decision: DecisionID, _ record: Value, _ wanted: String) -> Need {
    guard maySuppose(program[decision].answer) else { return Need(outcome: .withheld) }
    guard let wish = wished(wanted, program[program[decision].answer].type) else {
      return Need(outcome: .notAnAnswer)
    }
    var search = NeedSearch(self, decision, record, isWished: wish)
    return search.run()
  }

  // MARK: - What is wished

  /// Whether a value is the wished one; nil where no value of the type can be meant.
  private func wished(_ text: String, _ type: ValueType) -> ((Value) -> Bool)? {
    if let bound = bound(text, type) { return bound }
    let word = text.filter { $0 != "\"" && $0 != "“" && $0 != "”" }
    let key = word.split(separator: ":", maxSplits: 1).last.map(String.init) ?? word
    let schema = program.schema
    func named(_ name: Named) -> Bool { name.name == key || name.label == key }
    switch type {
    case .member(let id):
      guard let ordinal = schema[id].members.firstIndex(where: named) else { return nil }
      return { $0.tag == .member && $0.bits == Int64(ordinal) }
    case .node(let id):
      guard let node = schema[id].nodes.firstIndex(where: { named($0.name) }) else { return nil }
      return { $0.tag == .node && $0.bits == Int64(node) }
    case .record(let id):
      guard let record = wording.find(id, [key], in: memory.facts) else { return nil }
      return { $0.tag == .record && $0.bits == record.bits }
    case .recordOrQueue(let id):
      if let queue = schema.queues.firstIndex(where: named) {
        return { $0.tag == .queue && $0.bits == Int64(queue) }
      }
      guard let record = wording.find(id, [key], in: memory.facts) else { return nil }
      return { $0.tag == .record && $0.bits == record.bits }
    case .rule:
      guard program.rules.contains(where: { $0.title == word }) else { return nil }
      return { [program] in
        $0.tag == .rule && program.rules[Int($0.bits)].title == word
      }
    case .boolean:
      if ["yes", "是", "true"].contains(key) { return { $0.tag == .boolean && $0.bits == 1 } }
      if ["no", "否", "false"].contains(key) { return { $0.tag == .boolean && $0.bits == 0 } }
      return nil
    case .text:
      let texts = memory.facts
      return { $0.tag == .text && texts.texts.text(of: Symbol(Int($0.bits))) == word }
    case .number, .integer, .percent, .money, .date, .time, .duration, .queue, .set, .list,
      .unknown:
      return nil
    }
  }

  /// A number, or a bound for one: `72`, `<= 70`, `at least 10%`, `不超过 5%`.
  private func bound(_ text: String, _ type: ValueType) -> ((Value) -> Bool)? {
    switch type {
    case .number, .integer, .percent, .money: break
    default: return nil
    }
    var rest = Substring(text)
    var holds: (Int) -> Bool = { $0 == 0 }
    let signs: [(String, (Int) -> Bool)] = [
      ("<=", { $0 <= 0 }), ("≤", { $0 <= 0 }), (">=", { $0 >= 0 }), ("≥", { $0 >= 0 }),
      ("<", { $0 < 0 }), (">", { $0 > 0 }), ("at most", { $0 <= 0 }), ("at least", { $0 >= 0 }),
      ("不超过", { $0 <= 0 }), ("至多", { $0 <= 0 }), ("至少", { $0 >= 0 }), ("不低于", { $0 >= 0 }),
    ]
    for (sign, test) in signs where rest.hasPrefix(sign) {
      holds = test
      rest = rest.dropFirst(sign.count)
      break
    }
    let wish = Wish(String(rest))
    guard let wanted = wish.percent ?? wish.amount else { return nil }
    return { value in
      (value.tag == .number || value.tag == .money) && holds(Decimal.order(value.decimal, wanted))
    }
  }

  // MARK: - In words

  private func facts(of need: Need, _ decision: DecisionID, _ record: Value) -> [Fact] {
    switch need.outcome {
    case .already: return [Fact(.note, say("it is so already", zh: "现在就是这样"))]
    case .withheld:
      return [
        Fact(
          .reason,
          say(
            "this rests on what you may not see, so no advice is given",
            zh: "它取决于你无权查看的内容，因此不给建议"))
      ]
    case .notAnAnswer:
      return [Fact(.reason, say("no such answer can be given here", zh: "这里不会有这样的结果"))]
    case .none:
      let names = need.fields.map { wording.text(program.schema[$0].name) }
      let within =
        names.isEmpty
        ? say("it does not rest on fields of this record", zh: "它不取决于这条记录自己的字段")
        : say("none within these fields: ", zh: "只改这些字段做不到：")
          + names.joined(separator: say(", ", zh: "、"))
      return [Fact(.reason, within)] + limits(need)
    case .found:
      return need.ways.prefix(3).map { way in
        Fact(
          .way,
          way.changes.map { words(of: $0, record) }.joined(separator: say(" and ", zh: "，并且 ")),
          data: [
            (
              "changes",
              .list(
                way.changes.map { change in
                  let field = program.schema[change.field]
                  return .object([
                    ("field", .text(field.name.name)),
                    ("before", wording.json(change.before, field.type, in: memory.facts)),
                    ("after", wording.json(change.after, field.type, in: memory.facts)),
                  ])
                })
            )
          ],
          facts: [
            Fact(
              .value,
              "→ "
                + words(
                  way.answer, program[program[decision].answer].type,
                  in: Frame(slots: [record], today: memory.today)))
          ])
      } + limits(need)
    }
  }

  private func limits(_ need: Need) -> [Fact] {
    need.isComplete
      ? []
      : [
        Fact(
          .note,
          say("not every combination was tried", zh: "没有试完全部组合"))
      ]
  }

  /// `visits 3 → 7`
  private func words(of change: Need.Change, _ record: Value) -> String {
    let field = program.schema[change.field]
    return wording.text(field.name) + " "
      + wording.text(change.before, field.type, in: memory.facts) + " → "
      + wording.text(change.after, field.type, in: memory.facts)
  }
}
