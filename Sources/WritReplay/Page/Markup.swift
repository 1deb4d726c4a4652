import WritText

/// HTML being made: what is said is escaped, what is opened is closed.
///
/// No text gets in but through `say` and attribute values, so that nothing in rules or data can
/// become markup. Numbers of elements are counted, not drawn, so the bytes are always the same.
struct Markup {
  private(set) var html = ""
  private var identifiers = 0

  /// A name that no other element has.
  mutating func identifier() -> String {
    identifiers += 1
    return "n\(identifiers)"
  }

  /// Markup of the page's own; never of data.
  mutating func raw(_ text: StaticString) { html += "\(text)" }

  /// Markup that was made the same way.
  mutating func append(_ part: String) { html += part }

  /// Text of people.
  mutating func say(_ text: String) { html += Self.escaped(text.printable) }

  /// Text of people that may run from right to left: its direction stays its own.
  mutating func isolate(_ text: String) { element("bdi") { $0.say(text) } }

  /// An element and what is in it.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
    _ body: (inout Markup) -> Void
  ) {
    open(name, attributes)
    body(&self)
    html += "</\(name)>"
  }

  /// An element with text.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, _ text: String
  ) {
    element(name, attributes) { $0.say(text) }
  }

  mutating func element(_ name: StaticString, _ text: String) {
    element(name, [:]) { $0.say(text) }
  }

  /// An element that ends where it begins, as shapes do.
  mutating func shape(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>) {
    open(name, attributes, end: "/>")
  }

  /// An element of HTML that has no end.
  mutating func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:])
  {
    open(name, attributes)
  }

  mutating func line() { html += "\n" }

  private mutating func open(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, end: String = ">"
  ) {
    html += "<\(name)"
    for (key, value) in attributes {
      html += " \(key)"
      if !value.isEmpty || "\(key)" == "value" {
        html += "=\"\(Self.escaped(value.printable))\""
      }
    }
    html += end
  }

  static func escaped(_ text: String) -> String {
    guard
      text.utf8.contains(where: {
        $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x22 || $0 == 0x27
      })
    else { return text }
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}

extension Markup {
  /// A length of a drawing, to a tenth: `12.5`.
  static func length(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let whole = abs(tenths) / 10
    return tenths % 10 == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(abs(tenths) % 10)"
  }
}
