import WritSyntax
import WritText

// A variant is a rule set of its own: what its patches make of the base has to check as well.
extension Checker {
  /// At most so many bytes of rules are checked again for variants.
  private static let mostBytes = 4_000_000

  /// The errors of the variants whose base is here, each told with its variant. Not for what the
  /// patches themselves get wrong, which is known already.
  func findingsOfVariants() -> [Diagnostic] {
    var found: [Diagnostic] = []
    var left = Self.mostBytes
    for unit in units {
      guard case .variant(let variant) = unit.declaration.kind,
        let (base, file) = base(of: variant)
      else { continue }
      left -= base.reduce(1) { $0 + sources[$1.source].bytes.count }
      if left < 0 { break }
      let (trees, broken) = variant.applied(to: base, in: file)
      if !broken.isEmpty { continue }
      var inner = Checker(files: trees, sources: sources, tables: tables)
      inner.kinds.leavesOutTests = true
      inner.run()
      for var diagnostic in inner.diagnostics where diagnostic.severity == .error {
        diagnostic.labels.append(
          Diagnostic.Label(
            Phrase("in this variant", zh: "在此方案中"), at: variant.title.span))
        if !found.contains(diagnostic) { found.append(diagnostic) }
      }
    }
    return found
  }

  /// The files of a variant's base among these, and its own; nil where the base is elsewhere.
  func base(of variant: VariantDeclaration) -> (base: [FileTree], file: FileTree)? {
    guard let file = files.first(where: { $0.source == variant.title.span.source }) else {
      return nil
    }
    let base = files.filter {
      variant.hasBase(among: [sources[$0.source].name], in: sources[file.source].name)
    }
    // A file of nothing but variants is no base.
    let isThere = base.contains { tree in
      tree.declarations.contains { if case .variant = $0.kind { false } else { true } }
    }
    return isThere ? (base, file) : nil
  }
}
