import WritModel
import WritSyntax
import WritText

// Params count at their present value, and at both ends of their range.
extension Checker {
  /// At most so many bytes of rules are checked again for the ends of params.
  private static let mostBytes = 4_000_000

  /// What the analysis would find besides, were one of the params at an end of its range: told as
  /// notes, because a sweep may come there.
  func findingsAtEnds(besides known: [Diagnostic]) -> [Diagnostic] {
    struct Place: Hashable {
      var code: String
      var span: Span
      var labels: [Span]

      init(_ diagnostic: Diagnostic) {
        code = diagnostic.code
        span = diagnostic.span
        labels = diagnostic.labels.map(\.span)
      }
    }
    var seen = Set(known.map { Place($0) })
    var found: [Diagnostic] = []
    var left = Self.mostBytes
    let size = 1 + files.reduce(0) { $0 + sources[$1.source].bytes.count }
    for unit in units {
      guard case .param(let param) = unit.declaration.kind, let range = param.range else {
        continue
      }
      let ends = [range.includesLower ? range.lower : nil, range.includesUpper ? range.upper : nil]
      for end in ends.compactMap(\.self) where left >= size {
        left -= size
        var inner = Checker(files: files, sources: sources, tables: tables)
        inner.kinds.leavesOutTests = true
        inner.kinds.ends[param.name.name.span] = end
        inner.run()
        if inner.diagnostics.hasErrors { continue }
        for diagnostic in Analysis.diagnostics(of: inner.program, effort: .quick)
        where diagnostic.severity != .note && seen.insert(Place(diagnostic)).inserted {
          found.append(
            .atParamEnd(diagnostic, param: param.name.name.text, value: written(end)))
        }
      }
    }
    return found
  }
}
