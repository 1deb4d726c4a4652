import WritModel
import WritText

/// The English article and noun list of titles: `a`, `b` and 3 more.
private func titles(_ rules: [Rule]) -> Phrase {
  let told = rules.prefix(3).map { "`\($0.shortTitle)`" }
  let more = rules.count - told.count
  let english = more > 0 ? told + ["\(more) more"] : told
  let chinese = more > 0 ? told + ["另外 \(more) 条"] : told
  return Phrase(
    english.count < 2
      ? english.joined()
      : english.dropLast().joined(separator: ", ") + " and " + english[english.count - 1],
    zh: chinese.joined(separator: "、"))
}

extension Rule {
  /// The title on one line and not too long: what stands before the `:` of a row may be neither.
  fileprivate var shortTitle: String {
    let isPlain = title.utf8.count <= 60 && !title.utf8.contains { $0 < 0x20 }
    if isPlain, !title.contains("  ") { return title }
    let words = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count <= 60 ? words : "\(words.prefix(58)) …"
  }
}

extension Diagnostic {
  // MARK: Single rules

  static func ruleNeverTrue(_ rule: Rule) -> Diagnostic {
    Diagnostic(
      .warning, code: "rule-never-true",
      Phrase(
        "the conditions of `\(rule.shortTitle)` can never hold together",
        zh: "`\(rule.shortTitle)` 的条件不可能同时成立"),
      at: rule.span,
      help: [
        Help(
          Phrase(
            "drop the condition that contradicts the others, or remove the rule",
            zh: "去掉互相矛盾的条件，或删除这条规则"))
      ])
  }

  static func ruleExpired(_ rule: Rule, on day: Value) -> Diagnostic {
    let date = CivilDate(days: Int(day.bits))?.description ?? "—"
    return Diagnostic(
      .note, code: "rule-expired",
      Phrase(
        "`\(rule.shortTitle)` holds on no day after \(date)",
        zh: "`\(rule.shortTitle)` 在 \(date) 之后不再成立"),
      at: rule.span,
      help: [
        Help(Phrase("remove it, or give it a later end", zh: "删除它，或延长其有效期"))
      ])
  }

  /// What would be found were a parameter at an end of its range.
  static func atParamEnd(_ found: Diagnostic, param: String, value: String) -> Diagnostic {
    Diagnostic(
      .note, code: "at-param-end",
      Phrase(
        "with `\(param)` at `\(value)`: \(found.message.english)",
        zh: "`\(param)` 为 `\(value)` 时：\(found.message.chinese)"),
      at: found.span, labels: found.labels, help: found.help)
  }

  // MARK: Shadows

  static func ruleShadowed(_ rule: Rule, by covers: [Rule]) -> Diagnostic {
    let names = titles(covers)
    let isOne = covers.count == 1
    return Diagnostic(
      .warning, code: "rule-shadowed",
      Phrase(
        isOne
          ? "`\(rule.shortTitle)` never applies: \(names.english) holds wherever it does and goes first"
          : "`\(rule.shortTitle)` never applies: \(names.english) together hold wherever it does and go first",
        zh: isOne
          ? "`\(rule.shortTitle)` 永远不会生效：凡它成立之处 \(names.chinese) 都先成立"
          : "`\(rule.shortTitle)` 永远不会生效：凡它成立之处 \(names.chinese) 合起来都先成立"),
      at: rule.span,
      labels: covers.prefix(3).map {
        Label(Phrase("goes first", zh: "先于它"), at: $0.span)
      },
      help: [
        Help(
          Phrase(
            "move it before \(isOne ? "that one" : "those"), narrow \(isOne ? "that one" : "those"), or remove it",
            zh: "把它移到前面，收窄前面的规则，或删除它"))
      ])
  }

  static func moreShadowed(_ count: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "more-shadowed",
      Phrase("\(count) more of these rules never apply", zh: "这些规则中另有 \(count) 条永远不会生效"),
      at: span)
  }

  static func shadowUndecided(_ rule: Rule, more: Int) -> Diagnostic {
    let others = Phrase(
      more == 0 ? "" : " (and \(more) more)", zh: more == 0 ? "" : "（另有 \(more) 条）")
    return Diagnostic(
      .note, code: "shadow-undecided",
      Phrase(
        "whether `\(rule.shortTitle)`\(others.english) can ever apply was not decided: too many rules before it overlap",
        zh: "未能判定 `\(rule.shortTitle)`\(others.chinese) 是否可能生效：排在它前面的重叠规则太多"),
      at: rule.span)
  }

  static func rulePartlyCovers(_ rule: Rule, _ later: [Rule]) -> Diagnostic {
    let names = titles(later)
    return Diagnostic(
      .note, code: "rule-partly-covers",
      Phrase(
        "`\(rule.shortTitle)` goes first where \(names.english) would also hold and say something else",
        zh: "`\(rule.shortTitle)` 先于 \(names.chinese)；两者都成立时结果不同"),
      at: rule.span,
      labels: later.prefix(3).map {
        Label(Phrase("would also hold", zh: "也会成立"), at: $0.span)
      })
  }

  // MARK: Pairs

  static func rulesOverlap(
    _ earlier: Rule, _ later: Rule, witness: Phrase, isSure: Bool, isExclusive: Bool
  ) -> Diagnostic {
    Diagnostic(
      isSure ? .error : .warning, code: isSure ? "rules-overlap" : "rules-may-overlap",
      Phrase(
        "`\(earlier.shortTitle)` and `\(later.shortTitle)` \(isSure ? "can" : "may") both hold"
          + (isExclusive ? "" : ", with different results"),
        zh: "`\(earlier.shortTitle)` 与 `\(later.shortTitle)` \(isSure ? "会" : "可能")同时成立"
          + (isExclusive ? "" : "，而结果不同")),
      at: later.span,
      labels: [Label(Phrase("the other one", zh: "另一条"), at: earlier.span)],
      help: [
        isSure ? .example(witness) : .untried(witness),
        Help(
          Phrase(
            "add a condition that parts them, or choose a policy that says which one goes first",
            zh: "加一个条件把两者分开，或选用能说明先后的策略")),
      ])
  }

  static func rulesTie(
    _ earlier: Rule, _ later: Rule, witness: Phrase, isSure: Bool
  ) -> Diagnostic {
    Diagnostic(
      .warning, code: isSure ? "rules-tie" : "rules-may-tie",
      Phrase(
        "`\(earlier.shortTitle)` and `\(later.shortTitle)` \(isSure ? "can" : "may") both hold and neither goes first",
        zh: "`\(earlier.shortTitle)` 与 `\(later.shortTitle)` \(isSure ? "会" : "可能")同时成立，而且没有先后"),
      at: later.span,
      labels: [Label(Phrase("the other one", zh: "另一条"), at: earlier.span)],
      help: [
        isSure ? .example(witness) : .untried(witness),
        Help(
          Phrase(
            "add a condition that parts them, or rank one above the other",
            zh: "加一个条件把两者分开，或让其中一条优先")),
      ])
  }

  static func moreOverlaps(_ count: Int, isCounted: Bool, at span: Span) -> Diagnostic {
    Diagnostic(
      .note, code: "more-overlaps",
      Phrase(
        "\(isCounted ? "" : "at least ")\(count) more pairs of these rules overlap",
        zh: "这些规则中另有\(isCounted ? "" : "至少") \(count) 对重叠"),
      at: span)
  }

  // MARK: Gaps

  static func tableGap(
    at span: Span, witness: Phrase, isSure: Bool, isError: Bool
  ) -> Diagnostic {
    Diagnostic(
      isError ? .error : .warning, code: isSure ? "table-gap" : "table-may-gap",
      Phrase(
        isSure ? "no row answers for some inputs" : "there may be inputs for which no row answers",
        zh: isSure ? "有些输入没有任何一行对应" : "可能有输入没有任何一行对应"),
      at: span,
      help: [
        isSure ? .example(witness) : .untried(witness),
        Help(Phrase("add a row for it, or an `else` row", zh: "为它加一行，或加一行 `其余`")),
      ])
  }

  static func gapUndecided(at span: Span) -> Diagnostic {
    Diagnostic(
      .note, code: "gap-undecided",
      Phrase(
        "whether the rows answer for all inputs was not decided: too many of them overlap",
        zh: "未能判定各行是否覆盖所有输入：重叠的行太多"),
      at: span,
      help: [Help(Phrase("an `else` row makes it sure", zh: "加一行 `其余` 即可确保"))])
  }

  static func branchesWithoutTerritory(_ branches: [Named], at span: Span) -> Diagnostic {
    let told = branches.prefix(8)
    let more = branches.count - told.count
    return Diagnostic(
      .note, code: "branches-uncovered",
      Phrase(
        "no territory lies in \(told.map { "`\($0.name)`" }.joined(separator: ", "))"
          + (more > 0 ? " and \(more) more" : ""),
        zh: "没有辖区覆盖 \(told.map { "`\($0.label ?? $0.name)`" }.joined(separator: "、"))"
          + (more > 0 ? " 等 \(branches.count) 处" : "")),
      at: span,
      help: [
        Help(
          Phrase("records there go to `otherwise`", zh: "那里的记录归 `兜底`"))
      ])
  }
}

extension Diagnostic.Help {
  /// A point that shows the problem.
  fileprivate static func example(_ witness: Phrase) -> Diagnostic.Help {
    witness.english.isEmpty
      ? Diagnostic.Help(Phrase("for example anything", zh: "例如任何情况"))
      : Diagnostic.Help(
        Phrase("for example `\(witness.english)`", zh: "例如 `\(witness.chinese)`"))
  }

  /// Where there may be a problem, but no record was found that shows it.
  fileprivate static func untried(_ witness: Phrase) -> Diagnostic.Help {
    witness.english.isEmpty
      ? Diagnostic.Help(
        Phrase("no record was found that surely shows it", zh: "没有找到确实如此的记录"))
      : Diagnostic.Help(
        Phrase(
          "that is where `\(witness.english)`; no record was found that surely shows it",
          zh: "即 `\(witness.chinese)` 之处；没有找到确实如此的记录"))
  }
}
