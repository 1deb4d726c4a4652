// The forms for programs. Lines and columns count from 1, columns in Unicode scalars.

extension Rendering {
  /// One diagnostic as a JSON object.
  public func json(of diagnostic: Diagnostic, in sources: Sources) -> JSONText {
    .object(
      [
        ("code", .text(diagnostic.code)),
        ("severity", .text("\(diagnostic.severity)")),
        ("message", .text(diagnostic.message.text(in: language))),
      ] + region(diagnostic.span, in: sources) + [
        (
          "labels",
          .list(
            diagnostic.labels.map {
              .object(
                [("message", .text($0.phrase.text(in: language)))] + region($0.span, in: sources))
            })
        ),
        ("help", .list(diagnostic.help.map { help($0, in: sources) })),
      ])
  }

  private func help(_ help: Diagnostic.Help, in sources: Sources) -> JSONText {
    var members: [(String, JSONText)] = [("text", .text(help.phrase.text(in: language)))]
    if let edit = help.edit {
      members.append(
        (
          "edit",
          .object(region(edit.span, in: sources) + [("replacement", .text(edit.replacement))])
        ))
    }
    return .object(members)
  }

  private func region(_ span: Span, in sources: Sources) -> [(String, JSONText)] {
    let source = sources[span.source]
    let start = source.position(of: Int(span.start))
    let end = source.position(of: Int(span.end))
    return [
      ("file", .text(source.name)),
      ("line", .integer(start.line)), ("column", .integer(start.column)),
      ("endLine", .integer(end.line)), ("endColumn", .integer(end.column)),
    ]
  }

  /// A SARIF 2.1.0 log with one run: what one look at one or more rule sets found.
  public func sarif(of sets: [(diagnostics: [Diagnostic], sources: Sources)]) -> JSONText {
    let codes = Set(sets.flatMap(\.diagnostics).map(\.code)).sorted()
    let driver: JSONText = .object([
      ("name", .text("writ")),
      ("version", .text(version)),
      ("rules", .list(codes.map { .object([("id", .text($0))]) })),
    ])
    return .object([
      ("$schema", .text("https://json.schemastore.org/sarif-2.1.0.json")),
      ("version", .text("2.1.0")),
      (
        "runs",
        .list([
          .object([
            ("tool", .object([("driver", driver)])),
            ("columnKind", .text("unicodeCodePoints")),
            (
              "results",
              .list(sets.flatMap { set in set.diagnostics.map { result($0, in: set.sources) } })
            ),
          ])
        ])
      ),
    ])
  }

  private func result(_ diagnostic: Diagnostic, in sources: Sources) -> JSONText {
    var members: [(String, JSONText)] = [
      ("ruleId", .text(diagnostic.code)),
      ("level", .text("\(diagnostic.severity)")),
      ("message", message(diagnostic)),
      ("locations", .list([location(diagnostic.span, in: sources)])),
    ]
    if !diagnostic.labels.isEmpty {
      let related = diagnostic.labels.map { label in
        location(label.span, saying: label.phrase, in: sources)
      }
      members.append(("relatedLocations", .list(related)))
    }
    let fixes = diagnostic.help.compactMap { fix($0, in: sources) }
    if !fixes.isEmpty { members.append(("fixes", .list(fixes))) }
    return .object(members)
  }

  private func message(_ diagnostic: Diagnostic) -> JSONText {
    let text = ([diagnostic.message] + diagnostic.help.map(\.phrase))
      .map { $0.text(in: language) }.joined(separator: "; ")
    return .object([("text", .text(text))])
  }

  private func location(
    _ span: Span, saying phrase: Phrase? = nil, in sources: Sources
  ) -> JSONText {
    var members: [(String, JSONText)] = [
      (
        "physicalLocation",
        .object([
          ("artifactLocation", .object([("uri", .text(uri(sources[span.source].name)))])),
          ("region", sarifRegion(span, in: sources)),
        ])
      )
    ]
    if let phrase {
      members.append(("message", .object([("text", .text(phrase.text(in: language)))])))
    }
    return .object(members)
  }

  private func fix(_ help: Diagnostic.Help, in sources: Sources) -> JSONText? {
    guard let edit = help.edit else { return nil }
    let replacement: JSONText = .object([
      ("deletedRegion", sarifRegion(edit.span, in: sources)),
      ("insertedContent", .object([("text", .text(edit.replacement))])),
    ])
    let change: JSONText = .object([
      ("artifactLocation", .object([("uri", .text(uri(sources[edit.span.source].name)))])),
      ("replacements", .list([replacement])),
    ])
    return .object([
      ("description", .object([("text", .text(help.phrase.text(in: language)))])),
      ("artifactChanges", .list([change])),
    ])
  }

  private func sarifRegion(_ span: Span, in sources: Sources) -> JSONText {
    let start = sources[span.source].position(of: Int(span.start))
    let end = sources[span.source].position(of: Int(span.end))
    return .object([
      ("startLine", .integer(start.line)), ("startColumn", .integer(start.column)),
      ("endLine", .integer(end.line)), ("endColumn", .integer(end.column)),
    ])
  }

  /// A path as a relative URI: bytes that a URI cannot hold are written `%XX`.
  private func uri(_ path: String) -> String {
    var result = ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }
}
