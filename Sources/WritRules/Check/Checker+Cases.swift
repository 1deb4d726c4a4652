import WritModel
import WritSyntax
import WritText

// `case` and `points`: the two chooses that may stand inside a formula.
extension Checker {
  /// A strict choose: the first arm that holds; a blank before it leaves the value missing.
  mutating func caseOf(
    _ arms: [CaseArm], _ otherwise: Expression?, expecting: ValueType?, at span: Span,
    in scope: Scope
  ) -> TermID {
    let values = arms.map(\.value) + (otherwise.map { [$0] } ?? [])
    let wanted = expecting ?? commonOwner(of: values, in: scope)
    var guards: [TermID] = []
    var asked: Set<TermID> = []
    for arm in arms {
      let condition = checkCondition(arm.condition, in: scope)
      asked.formUnion(
        warnOfBlanks(in: condition, askedBefore: asked, at: arm.condition, in: scope))
      asked.formUnion(presenceAsked(by: condition))
      guards.append(condition)
    }
    guard let (payloads, type) = checkAlike(values, expecting: wanted, in: scope) else {
      return unknown
    }
    var alternatives: [Choose.Alternative] = []
    for (index, arm) in arms.enumerated() {
      let condition = Rule.Condition(
        role: .when, term: guards[index], text: written(arm.condition), span: arm.condition.span)
      let rule = rule(
        written(arm.condition), conditions: [condition],
        at: arm.condition.span.through(arm.value.span))
      alternatives.append(
        Choose.Alternative(rule: rule, guardTerm: guards[index], payload: [payloads[index]]))
    }
    var last: Choose.Otherwise?
    if let otherwise {
      last = Choose.Otherwise(
        rule: rule(word(.else, at: otherwise.span), at: otherwise.span),
        payload: [payloads[arms.count]])
    }
    let choose = choose(
      Choose(policy: .first, isStrict: true, alternatives: alternatives, otherwise: last))
    return payload(0, of: choose, winner: winner(of: choose), type: type)
  }

  /// Values of one type: the expected one, or the first that has one, widened where it must be.
  mutating func checkAlike(
    _ values: [Expression], expecting: ValueType?, in scope: Scope
  ) -> (terms: [TermID], type: ValueType)? {
    if let expecting {
      return (values.map { check($0, expecting: expecting, in: scope) }, expecting)
    }
    var terms: [TermID] = []
    var common: ValueType?
    for value in values {
      let term = infer(value, expecting: common, in: scope)
      terms.append(term)
      switch (common, type(of: term)) {
      case (_, .unknown): break
      case (nil, let type): common = type
      case (.integer?, .number), (.integer?, .money): common = type(of: term)
      case (.number?, .money): common = type(of: term)
      case (.number?, .percent) where terms.dropLast().allSatisfy({ isRatio($0) || isMissing($0) }):
        common = .percent
      default: break
      }
    }
    guard let type = common else { return (terms, .unknown) }
    for index in terms.indices {
      terms[index] = fit(terms[index], to: type, written: values[index])
    }
    return (terms, type)
  }

  /// A scorecard: a lenient choose whose points are added up; blanks add nothing.
  mutating func points(_ rows: [PointRow], at span: Span, in scope: Scope) -> TermID {
    var alternatives: [Choose.Alternative] = []
    var isInteger = true
    for row in rows {
      let each = row.modifiers.contains(.each)
      var conditions: [Rule.Condition] = []
      var guardTerm = boolean(true)
      var value = check(row.points, in: scope)
      switch type(of: value) {
      case .integer: break
      case .number: isInteger = false
      case .unknown: continue
      case let type:
        report(
          .wrongType(at: row.points.span, wanted: describe(.number), found: describe(type)))
        continue
      }
      var measure: TermID?
      if let condition = row.condition {
        if each {
          let found = check(condition, in: scope)
          switch type(of: found) {
          case .integer: break
          case .number: isInteger = false
          case .unknown: continue
          case let type:
            report(
              .wrongType(at: condition.span, wanted: describe(.number), found: describe(type)))
            continue
          }
          measure = found
        } else {
          guardTerm = checkCondition(condition, in: scope)
          conditions.append(
            Rule.Condition(
              role: .when, term: guardTerm, text: written(condition), span: condition.span))
        }
      } else if each {
        report(.eachOfNothing(at: row.span))
      }
      for modifier in row.modifiers {
        switch modifier {
        case .each:
          guard let measure else { continue }
          value = operation(.multiply, [value, measure], type: isInteger ? .integer : .number)
        case .atMost(let cap):
          let limit = check(cap, expecting: .number, in: scope)
          if type(of: limit) == .number { isInteger = false }
          value = operation(.smaller, [value, limit], type: isInteger ? .integer : .number)
        case .halving(let every, let since):
          isInteger = false
          var start = check(since, in: scope)
          if type(of: start) == .time { start = operation(.dateOfTime, [start], type: .date) }
          if type(of: start) != .date {
            if type(of: start) != .unknown {
              report(
                .wrongType(
                  at: since.span, wanted: describe(.date), found: describe(type(of: start))))
            }
            continue
          }
          let length = constant(self.value(of: every), type: .duration)
          let today = scope.asOf ?? term(.today, type: .date)
          value = operation(.decay, [value, length, start, today], type: .number)
        }
      }
      let title = row.condition.map { written($0) } ?? word(.always, at: row.span)
      let rule = rule(title, conditions: conditions, at: row.span)
      alternatives.append(
        Choose.Alternative(rule: rule, guardTerm: guardTerm, payload: [value]))
    }
    let choose = choose(
      Choose(policy: .all, isStrict: false, alternatives: alternatives, otherwise: nil))
    return collect(0, of: choose, .sum, type: isInteger ? .integer : .number)
  }

  /// A keyword as it stands in a condition, in the language of its file.
  func word(_ keyword: Keyword, at span: Span) -> String {
    language(of: span.source) == .chinese ? keyword.chinese : keyword.english
  }

  func language(of source: SourceID) -> Language {
    languages[source] ?? .english
  }
}
