import WritModel
import WritSyntax
import WritText

extension Checker {
  /// What can be told only when everything stands.
  mutating func finish() {
    program.hash = hash()
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
