import WritText

/// An option of a command: `--format FORM`.
struct Option: Sendable {
  let name: String
  /// What stands for its value in help; nil for a switch.
  let value: String?
  let help: Phrase
  /// The values it may have; empty for any.
  var allowed: [String] = []
  var isRepeatable = false

  var spelling: String { "--" + name }
}

/// The words of a command line, sorted into operands and options.
struct Arguments {
  private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]

  /// Options may stand anywhere; `--` ends them; `--name=value` and `--name value` are the same.
  init(_ words: some Collection<String>, options: [Option], command: String?) throws(Failure) {
    var rest = Array(words)[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        return
      }
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let spelling = parts[0] == "-h" ? "--help" : String(parts[0])
      guard let option = options.first(where: { $0.spelling == spelling }) else {
        let near = nearest(to: spelling, among: options.map(\.spelling))
        throw .unknownOption(spelling, command: command, near: near)
      }
      let given = parts.count > 1 ? String(parts[1]) : nil
      try take(option, given: given, from: &rest)
    }
  }

  private mutating func take(
    _ option: Option, given: String?, from rest: inout ArraySlice<String>
  ) throws(Failure) {
    guard let placeholder = option.value else {
      if given != nil { throw .optionTakesNoValue(option.spelling) }
      values[option.name] = [""]
      return
    }
    guard let value = given ?? rest.popFirst(), !value.isEmpty else {
      throw .optionNeedsValue(option.spelling, placeholder)
    }
    if !option.allowed.isEmpty, !option.allowed.contains(value) {
      throw .unknownChoice(value, option: option.spelling, allowed: option.allowed)
    }
    if !option.isRepeatable, values[option.name] != nil {
      throw .optionGivenTwice(option.spelling)
    }
    values[option.name, default: []].append(value)
  }

  /// These arguments with other values of one option.
  func keeping(_ values: [String], of name: String) -> Arguments {
    var other = self
    other.values[name] = values.isEmpty ? nil : values
    return other
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  func value(_ name: String) -> String? { values[name]?.first }

  /// All values of a repeatable option, in the order given.
  func all(_ name: String) -> [String] { values[name] ?? [] }
}
