import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

// What Tab offers: commands, keywords, names and labels, fields behind a point, keys and titles
// inside quotes; in either language, that of the session first.
extension Session {
  /// What could stand where the text ends. Time linear in the names, or in the records of the type
  /// whose key is being typed.
  public func completion(of text: String) -> Completion {
    if text.first == ":" || text.first == "：" {
      let word = text.dropFirst()
      if !word.contains(where: \.isWhitespace) {
        let names = SessionCommand.all.flatMap {
          language == .chinese ? [$0.chinese, $0.name] : [$0.name, $0.chinese]
        }
        return offer(names, for: word)
      }
    }
    if let open = Self.openQuote(in: text) { return quoted(text, from: open) }
    let word = text.suffix(while: { $0.isLetter || $0.isNumber || $0 == "_" })
    let before = text.dropLast(word.count)
    if before.last == "." { return offer(members(behind: before.dropLast()), for: word) }
    return offer(names, for: word)
  }

  /// The candidates that begin with a word, each once, in order.
  private func offer(_ candidates: [String], for word: Substring) -> Completion {
    var seen: Set<String> = []
    let fitting = candidates.filter { $0.hasPrefix(word) && seen.insert($0).inserted }
    return Completion(replacing: word.count, candidates: fitting)
  }

  /// Where a text begins that has not ended.
  private static func openQuote(in text: String) -> String.Index? {
    var open: (index: String.Index, close: Character)?
    for index in text.indices {
      let character = text[index]
      if let quote = open {
        if character == quote.close { open = nil }
      } else if character == "\"" || character == "“" {
        open = (index, character == "“" ? "”" : "\"")
      }
    }
    return open?.index
  }

  /// Keys behind a record type, else titles of rules.
  private func quoted(_ text: String, from open: String.Index) -> Completion {
    let typed = text[text.index(after: open)...]
    let close = text[open] == "“" ? "”" : "\""
    var before = text[..<open]
    while before.last == " " { before.removeLast() }
    let name = before.suffix(while: { $0.isLetter || $0.isNumber || $0 == "_" })
    var candidates: [String]
    if let type = wording.recordType(named: String(name)) {
      let table = memory.facts[type]
      let rows = (0..<table.count).lazy.filter { !table.isRemoved($0) }
      let keys = rows.map {
        Wording(program: program, language: .english)
          .key(of: .record($0, of: type), in: memory.facts)
      }
      candidates = Array(keys.filter { $0.hasPrefix(typed) }.prefix(200))
      if candidates.isEmpty, let called = program.schema[type].called {
        let names = rows.map { row in
          wording.text(
            memory.facts.value(called, row: row), program.schema[called].type, in: memory.facts)
        }
        candidates = Array(names.filter { $0.hasPrefix(typed) }.prefix(200))
      }
    } else {
      candidates = program.rules.map(\.title).filter { !$0.isEmpty }
    }
    let whole = offer(candidates.sorted(), for: typed)
    if whole.candidates.count == 1 {
      return Completion(replacing: whole.replacing, candidates: [whole.candidates[0] + close])
    }
    return whole
  }

  /// Fields and derived values of what stands before the point, or of any record where that is not
  /// plain.
  private func members(behind text: Substring) -> [String] {
    var rest = text
    if rest.last == "\"" || rest.last == "”" {
      rest = rest.dropLast()
      while let last = rest.popLast(), last != "\"", last != "“" {}
      while rest.last == " " { rest.removeLast() }
    }
    let word = rest.suffix(while: { $0.isLetter || $0.isNumber || $0 == "_" })
    let type =
      wording.recordType(named: String(word))
      ?? program.schema.records.firstIndex { $0.name.name.lowercased() == word.lowercased() }
      .map { RecordID($0) }
    let types = type.map { [$0] } ?? program.schema.records.indices.map { RecordID($0) }
    return types.flatMap { type in
      let fields = program.schema[type].fields.map { program.schema[$0].name }
      let derived = program.decisions.filter { $0.subject == type }.map(\.name)
      return (fields + derived).flatMap(spellings)
    }
  }

  /// A name in the language of the session first.
  private func spellings(_ name: Named) -> [String] {
    let both = [name.label, name.name].compactMap(\.self)
    return language == .chinese ? both : both.reversed()
  }

  /// All that may stand alone: records, members, nodes, decisions, keywords.
  private var names: [String] {
    let schema = program.schema
    var names = schema.records.flatMap { spellings($0.name) }
    names += schema.enums.flatMap { $0.members.flatMap(spellings) }
    names += schema.trees.flatMap { $0.nodes.flatMap { spellings($0.name) } }
    names += program.decisions.filter { $0.subject == nil }.flatMap { spellings($0.name) }
    for entry in Keywords.entries {
      names +=
        language == .chinese ? [entry.chinese, entry.english] : [entry.english, entry.chinese]
    }
    return names.filter { !$0.isEmpty }
  }
}

extension StringProtocol {
  /// The longest end of which every character satisfies a condition.
  fileprivate func suffix(while condition: (Character) -> Bool) -> SubSequence {
    var start = endIndex
    while start > startIndex, condition(self[index(before: start)]) { start = index(before: start) }
    return self[start...]
  }
}
