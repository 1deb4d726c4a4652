import WritModel
import WritSyntax
import WritText

extension Checker {
  /// What can be told only when everything stands.
  mutating func finish() {
    program.hash = hash()
    warnOfUnused()
    warnOfCircularChanges()
    warnOfNearTexts()
  }

  /// Constants and params that nothing reads. (Functions and tables answer questions of their own.)
  private mutating func warnOfUnused() {
    // Their readers may be what did not check.
    if diagnostics.hasErrors { return }
    var named: Set<String> = []
    for unit in units {
      guard case .variant(let variant) = unit.declaration.kind else { continue }
      for case .set(let name, _) in variant.patches { named.insert(name.text) }
    }
    for name in derived where !name.isRead {
      let unit = units[Int(name.unit.index)].declaration
      switch unit.kind {
      case .define(let define) where define.record == nil && name.parameters.isEmpty: break
      case .param: break
      default: continue
      }
      if named.contains(name.name.name) { continue }
      if case .waiting = name.value { continue }
      report(.unusedName(name.name.name, at: name.span))
    }
  }

  // MARK: Texts

  /// How often a text stands against a field, and where first.
  struct TextUse {
    var count: Int
    var span: Span
  }

  /// Remembers that a field was compared with a text.
  mutating func noteText(_ text: TermID, comparedWith value: TermID, at span: Span) {
    guard type(of: text) == .text, case .field(let field, _) = program[value],
      case .constant(let constant) = program[text], constant.value.tag == .text
    else { return }
    textsNoted += 1
    textUses[field, default: [:]][self.text(of: constant), default: TextUse(count: 0, span: span)]
      .count += 1
  }

  /// Warns of a text that stands once and differs in a letter from one that stands more often: most
  /// likely it equals nothing in the data.
  private mutating func warnOfNearTexts() {
    for (_, uses) in textUses.sorted(by: { $0.key.index < $1.key.index }) where uses.count > 1 {
      // Texts that differ in a letter are equal when the right letter is left out of each.
      var byShort: [[Unicode.Scalar]: String] = [:]
      let often = uses.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
      for (text, _) in often {
        for short in shortened(text) where byShort[short] == nil { byShort[short] = text }
      }
      for (text, use) in uses.sorted(by: { $0.key < $1.key }) where use.count == 1 {
        for short in shortened(text) {
          guard let known = byShort[short] else { continue }
          report(.textNearKnown(text, known: known, at: use.span))
          break
        }
      }
    }
  }

  /// A text itself and with each letter left out. Short texts, long ones and numbers are often alike
  /// on purpose: they give nothing.
  private func shortened(_ text: String) -> [[Unicode.Scalar]] {
    let letters = Array(text.unicodeScalars)
    guard (5...40).contains(letters.count),
      !letters.contains(where: { ("0"..."9").contains($0) })
    else { return [] }
    return [letters]
      + letters.indices.map { index in
        var short = letters
        short.remove(at: index)
        return short
      }
  }

  /// SHA-256 over the sources in the order of their names: for each its name, its length and its
  /// bytes, so that moving a line from one file to the next is another rule set.
  private func hash() -> String {
    var sum = SHA256()
    let used = Set(files.map(\.source))
    let chosen = sources.all.indices.filter { used.contains(SourceID($0)) }
      .sorted { sources.all[$0].name < sources.all[$1].name }
    for index in chosen {
      let source = sources.all[index]
      sum.update(Array("\(source.name)\n\(source.bytes.count)\n".utf8))
      sum.update(source.bytes)
    }
    return sum.finish()
  }
}
