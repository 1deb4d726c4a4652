import WritModel
import WritText

// What was edited: each edit as it was and as it is, and what it brought about.
extension Page {
  func edits(_ difference: Comparison.Difference, id: String, level: Int, into markup: inout Markup)
  {
    heading(level, say("What was edited", "改了什么"), id: id, into: &markup)
    guard !difference.edits.isEmpty else {
      markup.element(
        "p",
        say(
          "The rules are the same as \(sentences.baseName).",
          "规则与 \(sentences.baseName) 完全相同。"))
      return
    }
    let chapter = id.prefix { $0 != "-" }
    markup.element("ol", ["class": "edits"]) { page in
      for (index, edit) in difference.edits.map(sentences.shown).enumerated() {
        page.element("li", ["id": "\(chapter)-e\(index + 1)"]) { page in
          page.element("p", ["class": "head"]) { page in
            page.element("span", ["class": "no"], "\(index + 1)")
            page.element("span", ["class": "tag"], sentences.kind(edit))
            page.element("b") { $0.isolate(sentences.title(edit)) }
            page.raw(" ")
            page.element("span", ["class": "place"], edit.place)
          }
          Self.code(edit, into: &page, say)
          page.element("ul", ["class": "effect"]) { page in
            for effect in effects(of: index, in: difference) {
              page.element("li") { $0.isolate(effect) }
            }
          }
        }
        page.line()
      }
    }
    markup.line()
  }

  /// The words before and after, marked by a sign as well as by colour.
  private static func code(
    _ edit: Comparison.Edit, into page: inout Markup, _ say: (String, String) -> String
  ) {
    guard !edit.before.isEmpty || !edit.after.isEmpty else { return }
    page.element("div", ["class": "code"]) { page in
      for (line, isKept) in Self.lines(edit) {
        switch isKept {
        case .both: page.element("div", "  " + line)
        case .before:
          page.element("del", ["aria-label": say("was: ", "原为：") + line], "− " + line)
        case .after:
          page.element("ins", ["aria-label": say("is: ", "现为：") + line], "+ " + line)
        }
      }
    }
  }

  enum Side { case before, after, both }

  /// The lines before and after; those at both ends that are the same stand once.
  static func lines(_ edit: Comparison.Edit) -> [(String, Side)] {
    let split = { (text: String) -> [String] in
      text.isEmpty
        ? []
        : text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    }
    let (before, after) = (split(edit.before), split(edit.after))
    if before == after { return before.map { ($0, .both) } }
    var head = 0
    while head < min(before.count, after.count), before[head] == after[head] { head += 1 }
    var tail = 0
    while tail < min(before.count, after.count) - head,
      before[before.count - 1 - tail] == after[after.count - 1 - tail]
    {
      tail += 1
    }
    return before[..<head].map { ($0, .both) }
      + before[head..<(before.count - tail)].map { ($0, .before) }
      + after[head..<(after.count - tail)].map { ($0, .after) }
      + before[(before.count - tail)...].map { ($0, .both) }
  }

  /// What an edit brought about, a sentence a decision and kind.
  private func effects(of edit: Int, in difference: Comparison.Difference) -> [String] {
    var effects: [String] = []
    for decision in difference.decisions {
      for charge in decision.charges where charge.count > 0 && charge.edits.contains(edit) {
        let others = charge.edits.filter { $0 != edit }
        let money =
          sentences.unit(ofSums: decision).map {
            say(" (", "（") + figures.amount(charge.amount, $0, isSigned: true)
              + say(")", "）")
          } ?? ""
        let what = say(
          "\(figures.counted(charge.count, "change", zh: "处")) in \(decision.record) \(decision.value)",
          "\(decision.record)的\(decision.value)改变 \(figures.count(charge.count)) 条")
        let with =
          others.isEmpty
          ? ""
          : say(
            ", with edit \(sentences.numbers(others))", "，与第 \(sentences.numbers(others)) 项一起")
        let how =
          charge.kind == .alone ? "" : say(", ", "，") + sentences.sentence(charge.kind)
        effects.append(what + money + how + with)
      }
    }
    return effects.isEmpty
      ? [say("Changes no decision on these data.", "不改变这批数据的任何判定。")] : effects
  }
}
