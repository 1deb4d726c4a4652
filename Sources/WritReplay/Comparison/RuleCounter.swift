import WritModel
import WritRules
import WritText

/// How it is found which rules of a decision decided for a record.
struct RuleProbe: Sendable {
  enum Kind: Sendable {
    /// The attribute is the winner of a choose, or a list of them.
    case winner
    /// The attribute says whether the rule (by its place among the counted rules) had a part.
    case holds(rule: Int)
    /// The same where the attribute says no.
    case fails(rule: Int)
  }
  var kind: Kind
  /// Under each set, in its own numbers; nil where it has none.
  var attributes: [AttributeID?]
  /// The answer whose amount goes through the rule, under each set; nil where it is none.
  var amounts: [AttributeID?]
}

/// Adds what is needed for counting rules to the programs.
enum RuleCounter {
  /// The rules of a decision that all these sets know by one title, and how to find out.
  static func rules(
    of twins: [DecisionID?], in programs: inout [Program], _ wording: Wording, from first: Int
  ) -> (rules: [ComparisonPlan.CountedRule], probes: [RuleProbe]) {
    var rules: [ComparisonPlan.CountedRule] = []
    // Titles by number, and where the rules of each stand among the counted, in order.
    var titles: [String: Int] = [:]
    var placesOfTitle: [[Int]] = []
    var titleOfPlace: [Int] = []
    // For each set, where a rule of its own stands among the counted; -1: it does not.
    var placeOfRule = programs.map { Array(repeating: -1, count: $0.rules.count) }
    for (set, id) in twins.enumerated() {
      guard let id else { continue }
      let decision = programs[set][id]
      let isAmount =
        switch programs[set][decision.answer].type {
        case .money: true
        default: false
        }
      // How often each title was met in this set.
      var met = Array(repeating: 0, count: placesOfTitle.count)
      // Rules of two sets mostly stand in the same order.
      var next = 0
      let wishes = wishes(decision, programs[set])
      let counted = countedRules(wishes, decision, programs[set])
      // What nobody counts is not told as never having decided.
      for rule in decision.rules where counted[Int(rule.index)] {
        let title = wording.title(ofRule: programs[set].rules[Int(rule.index)].title)
        let number: Int
        if next < rules.count, rules[next].title == title {
          number = titleOfPlace[next]
        } else if let known = titles[title] {
          number = known
        } else {
          number = placesOfTitle.count
          titles[title] = number
          placesOfTitle.append([])
          met.append(0)
        }
        let occurrence = met[number]
        met[number] += 1
        if occurrence == placesOfTitle[number].count {
          placesOfTitle[number].append(rules.count)
          titleOfPlace.append(number)
          rules.append(
            ComparisonPlan.CountedRule(
              block: wording.title(decision), title: title, isAmount: isAmount,
              rules: Array(repeating: nil, count: programs.count)))
        }
        let place = placesOfTitle[number][occurrence]
        next = place + 1
        rules[place].rules[set] = rule
        placeOfRule[set][Int(rule.index)] = first + place
      }
    }
    // Probes of the sets that are alike are one: by their name.
    var order: [String] = []
    var probes: [String: RuleProbe] = [:]
    for (set, id) in twins.enumerated() {
      guard let id else { continue }
      let decision = programs[set][id]
      for wish in wishes(decision, programs[set]) {
        let kind: RuleProbe.Kind
        var name = wish.name
        switch wish.kind {
        case .winner: kind = .winner
        case .holds(let rule):
          let place = placeOfRule[set][Int(rule.index)]
          guard place >= 0 else { continue }
          kind = .holds(rule: place)
          name += "\u{0}\(place)"
        case .fails(let rule):
          let place = placeOfRule[set][Int(rule.index)]
          guard place >= 0 else { continue }
          kind = .fails(rule: place)
          name += "\u{0}\(place)"
        }
        if probes[name] == nil {
          order.append(name)
          probes[name] = RuleProbe(
            kind: kind, attributes: Array(repeating: nil, count: programs.count),
            amounts: Array(repeating: nil, count: programs.count))
        }
        guard probes[name]?.attributes[set] == nil else { continue }
        let term =
          switch wish.source {
          case .winner(let choose): programs[set].winnerTerm(of: choose)
          case .term(let term): term
          }
        probes[name]?.attributes[set] = programs[set].attribute(
          for: term, named: "counted \(name)", of: decision)
        if case .money = programs[set][decision.answer].type {
          probes[name]?.amounts[set] = decision.answer
        }
      }
    }
    return (rules, order.compactMap { probes[$0] })
  }

  /// The rules that wishes find out about, by number; all of an `assign`, whose run tells.
  private static func countedRules(
    _ wishes: [Wish], _ decision: Decision, _ program: Program
  ) -> [Bool] {
    var isCounted = Array(repeating: false, count: program.rules.count)
    func add(_ rule: RuleID) { isCounted[Int(rule.index)] = true }
    if case .assign = decision.kind {
      decision.rules.forEach(add)
      return isCounted
    }
    for wish in wishes {
      switch (wish.kind, wish.source) {
      case (.holds(let rule), _), (.fails(let rule), _): add(rule)
      case (.winner, .winner(let choose)):
        program[choose].alternatives.withUnsafeBufferPointer { alternatives in
          for place in alternatives.indices { add(alternatives[place].rule) }
        }
        if let otherwise = program[choose].otherwise { add(otherwise.rule) }
      case (.winner, .term): continue
      }
    }
    return isCounted
  }

  private struct Wish {
    enum Kind {
      case winner
      case holds(RuleID)
      case fails(RuleID)
    }
    enum Source {
      case winner(ChooseID)
      case term(TermID)
    }
    var kind: Kind
    var name: String
    var source: Source

    init(winnerOf choose: ChooseID, _ name: String) {
      kind = .winner
      self.name = name
      source = .winner(choose)
    }

    init(_ kind: Kind, _ name: String, _ term: TermID) {
      self.kind = kind
      self.name = name
      source = .term(term)
    }
  }

  /// What tells which rules of a decision decided, as terms over the decision's record. What an
  /// `assign` gave is told by its run.
  private static func wishes(_ decision: Decision, _ program: Program) -> [Wish] {
    let title = decision.title
    switch decision.kind {
    case .decide(let choose), .table(let choose): return [Wish(winnerOf: choose, title)]
    case .territories(let plan): return [Wish(winnerOf: plan.choose, title)]
    case .sale(let plan): return [Wish(winnerOf: plan.choose, title)]
    case .match(let plan): return [Wish(winnerOf: plan.certain, title)]
    case .require(let plan):
      return [Wish(.fails(plan.rule), title, program[decision.answer].term)]
    case .discount(let plan): return plan.reasons.map { Wish(.holds($0.rule), title, $0.term) }
    case .price(let plan):
      return plan.steps.flatMap { step -> [Wish] in
        // What the whole decides is not decided for its parts one by one.
        if step.isOfWhole { return [] }
        switch step.kind {
        case .start(let choose?), .group(let choose):
          return [Wish(winnerOf: choose, "\(title)/\(step.title)")]
        default:
          return step.tries.map { Wish(.holds($0.rule), "\(title)/\(step.title)", $0.guardTerm) }
        }
      }
    case .define:
      return wishes(of: program[decision.answer].term, title, program, depth: 0)
    case .assign, .split: return []
    }
  }

  /// The chooses that a formula hands on: the arms of a `case`, the lines of a scorecard.
  private static func wishes(
    of term: TermID, _ title: String, _ program: Program, depth: Int
  ) -> [Wish] {
    guard depth < 6 else { return [] }
    switch program[term] {
    case .payload(let choose, _, _): return [Wish(winnerOf: choose, "\(title)/\(depth)")]
    case .collect(let choose, _, _):
      return program[choose].alternatives.map { Wish(.holds($0.rule), title, $0.guardTerm) }
    case .operation(_, let arguments):
      return arguments.flatMap { wishes(of: $0, title, program, depth: depth + 1) }
    default: return []
    }
  }
}

extension Program {
  /// The term that names the winner of a choose.
  fileprivate mutating func winnerTerm(of choose: ChooseID) -> TermID {
    let known = terms.indices.first { place in
      if case .winner(choose) = terms[place] { true } else { false }
    }
    if let known { return TermID(known) }
    terms.append(.winner(choose))
    switch self[choose].policy {
    case .all, .outputOrder: types.append(.list(.rule))
    default: types.append(.rule)
    }
    return TermID(terms.count - 1)
  }

  /// An attribute of the record of a decision with that term, added behind the others.
  fileprivate mutating func attribute(
    for term: TermID, named name: String, of decision: Decision
  ) -> AttributeID {
    let answer = self[decision.answer]
    attributes.append(
      Attribute(
        name: Named(name), parameters: decision.parameters, type: type(of: term), term: term,
        readsToday: answer.readsToday, readsCounters: answer.readsCounters, span: decision.span))
    return AttributeID(attributes.count - 1)
  }
}
