public import WritRules
public import WritText

/// One thing that differs between two forms of a rule set, in the words of its author.
public struct RuleEdit: Hashable, Sendable {
  /// What was done.
  public enum Kind: String, Sendable, Hashable {
    case added, removed, changed, moved
  }
  public var kind: Kind
  /// The block: `price Line`, `Account.grade`; empty for what stands outside of blocks.
  public var block: String
  /// The rule's title, or what the declaration is called.
  public var title: String
  /// In the new form; in the old one for what was removed.
  public var span: Span
}

extension RuleEdit {
  /// The edits that lead from one form of the rules to another, in written order, what was removed
  /// last. Time linear in the rules.
  public static func between(
    _ old: (program: Program, sources: Sources), _ new: (program: Program, sources: Sources)
  ) -> [RuleEdit] {
    let before = Entry.all(of: old.program, old.sources)
    let after = Entry.all(of: new.program, new.sources)
    let known = Dictionary(
      before.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var edits: [RuleEdit] = []
    var kept: Set<Entry.Key> = []
    for entry in after {
      guard let earlier = known[entry.key] else {
        edits.append(entry.edit(.added))
        continue
      }
      kept.insert(entry.key)
      if earlier.text != entry.text { edits.append(entry.edit(.changed)) }
    }
    edits += moved(before.filter { kept.contains($0.key) }, after.filter { kept.contains($0.key) })
    for entry in before where !kept.contains(entry.key) { edits.append(entry.edit(.removed)) }
    return edits
  }

  /// Rules of one block that stand in another order: those that are not in the longest run of rules
  /// whose order is the same (found greedily: one rule moved is one edit).
  private static func moved(_ before: [Entry], _ after: [Entry]) -> [RuleEdit] {
    guard before.map(\.key) != after.map(\.key) else { return [] }
    var edits: [RuleEdit] = []
    var blocks: [String: [Entry]] = [:]
    for entry in before { blocks[entry.key.block, default: []].append(entry) }
    var seen: Set<String> = []
    for block in after.map(\.key.block) where seen.insert(block).inserted {
      var old = (blocks[block] ?? []).map(\.key)
      var new = after.filter { $0.key.block == block }
      while let a = old.first, let b = new.first {
        if a == b.key {
          old.removeFirst()
          new.removeFirst()
        } else if new.count > 1, new[1].key == a {
          // One that stood further down stands here now.
          edits.append(b.edit(.moved))
          old.removeAll { $0 == b.key }
          new.removeFirst()
        } else {
          if let place = new.first(where: { $0.key == a }) { edits.append(place.edit(.moved)) }
          new.removeAll { $0.key == a }
          old.removeFirst()
        }
      }
    }
    return edits
  }
}

/// A rule or a declaration without rules, with the text that makes it what it is.
private struct Entry {
  struct Key: Hashable {
    var block: String
    var title: String
    /// Which of those that are called so.
    var ordinal: Int
  }
  var key: Key
  var text: String
  var span: Span

  func edit(_ kind: RuleEdit.Kind) -> RuleEdit {
    RuleEdit(kind: kind, block: key.block, title: key.title, span: span)
  }

  static func all(of program: Program, _ sources: Sources) -> [Entry] {
    var entries: [Entry] = []
    var counts: [Key: Int] = [:]
    func add(_ block: String, _ title: String, _ text: String, _ span: Span) {
      var key = Key(block: block, title: title, ordinal: 0)
      key.ordinal = counts[key, default: 0]
      counts[Key(block: block, title: title, ordinal: 0), default: 0] += 1
      entries.append(Entry(key: key, text: text, span: span))
    }
    for decision in program.decisions {
      var taken: Set<Int32> = []
      let titled = decision.rules.filter { taken.insert($0.index).inserted }
      for id in titled {
        let rule = program[id]
        let conditions = rule.conditions.map(\.text).joined(separator: "\n")
        add(
          decision.title, rule.title, squeezed(sources.text(of: rule.span)) + "\n" + conditions,
          rule.span)
      }
      // What stands around the rules: steps, limits, candidates; for a formula all of it.
      let own = squeezed(outside(titled.map { program[$0].span }, of: decision.span, sources))
      add(decision.title, "", own, decision.span)
    }
    for production in program.productions {
      let rule = program[production.rule]
      add("", rule.title, squeezed(sources.text(of: production.span)), production.span)
    }
    return entries
  }

  /// The text of a span without what lies in some others.
  private static func outside(_ inner: [Span], of span: Span, _ sources: Sources) -> String {
    let source = sources[span.source]
    var text = ""
    var position = Int(span.start)
    let sorted = inner.filter {
      $0.source == span.source && $0.start >= span.start && $0.end <= span.end
        && ($0.start > span.start || $0.end < span.end)
    }.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    for part in sorted where Int(part.start) >= position {
      text += source.text(position, Int(part.start)) + " "
      position = Int(part.end)
    }
    return text + source.text(position, Int(span.end))
  }

  /// Runs of white space as one space, comments left out: layout is no edit.
  private static func squeezed(_ text: String) -> String {
    var result = ""
    var isInComment = false
    var quote: Character?
    for character in text {
      if character.isNewline { isInComment = false }
      if isInComment { continue }
      if let close = quote {
        if character == close { quote = nil }
        result.append(character)
        continue
      }
      if character == "\"" || character == "“" { quote = character == "“" ? "”" : "\"" }
      if character == "#" {
        isInComment = true
      } else if character.isWhitespace {
        if result.last != " " { result.append(" ") }
      } else {
        result.append(character)
      }
    }
    return result
  }
}
