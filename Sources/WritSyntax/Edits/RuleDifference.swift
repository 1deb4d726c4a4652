public import WritText

/// The edits that lead from one form of a rule set to another, and every form in between.
///
/// Layout, comments, the order of what may stand in any order, and variants, which are rule sets of
/// their own, are no edits. Each edit can be
/// taken alone: `applying` gives the base with some of them done. With all of them it says what the
/// other form says; what was added stands behind what it stood behind there, or where that is
/// not there, behind the next before it that is.
public struct RuleDifference: Sendable {
  /// The form that the edits begin from, one tree a file.
  public let base: [FileTree]
  public let other: [FileTree]
  /// In written order of the other form, what was removed behind what is there, block by block.
  public let edits: [RuleEdit]
  /// Per edit: names that stand in it after and not before, those that stand only before, and all.
  private let names: [EditNames]
  private let root: [ListDifference]

  /// Compares two forms, whose files are in one `Sources`, so that a span says in which. Files that
  /// are the same in both may be the same trees. Time n log n in the rules.
  public init(from base: [FileTree], to other: [FileTree], sources: Sources) {
    self.base = base.sorted { $0.source < $1.source }
    self.other = other.sorted { $0.source < $1.source }
    let words = AsWritten(
      sources: sources, isPatched: (base + other).contains(where: \.isPatched))
    let languages = Dictionary(
      (base + other).map { ($0.source, $0.language) }, uniquingKeysWith: { first, _ in first })
    var recorder = EditRecorder(words: words, languages: languages)
    let old = self.base.flatMap(\.declarations)
    let new = self.other.flatMap(\.declarations)
    // The order of changes counts; of other declarations it does not.
    root = [false, true].map { isOrdered in
      func chosen(_ all: [Declaration]) -> [Part] {
        all.filter { !$0.isVariant && $0.isChange == isOrdered }.map { .declaration($0) }
      }
      return ListDifference(
        chosen(old), chosen(new), block: nil, isOrdered: isOrdered, recorder: &recorder)
    }
    edits = recorder.edits
    names = recorder.names
  }

  /// The base with some of the edits done, by their places in `edits`. Further trees hold nothing:
  /// they say of which language the other form's files are.
  public func applying(_ chosen: some Sequence<Int>) -> [FileTree] {
    let chosen = Set(chosen)
    guard !chosen.isEmpty else { return base }
    var trees = base
    // Which tree each declaration of the base stands in, in the two lists of `root`.
    var files: [[Int]] = [[], []]
    for (index, tree) in base.enumerated() {
      for declaration in tree.declarations where !declaration.isVariant {
        files[declaration.isChange ? 1 : 0].append(index)
      }
    }
    for index in trees.indices {
      trees[index].declarations.removeAll { !$0.isVariant }
      trees[index].isPatched = true
    }
    let last = max(trees.count - 1, 0)
    if trees.isEmpty, let first = other.first {
      trees = [FileTree(source: first.source, declarations: [], comments: [], language: .english)]
      trees[0].language = first.language
    }
    for (list, files) in zip(root, files) {
      var file = files.first ?? last
      // What is added stands in the file of what it stands behind.
      for (place, part) in list.applied(chosen) {
        if let place { file = files[place] }
        if case .declaration(let declaration) = part, trees.indices.contains(file) {
          trees[file].declarations.append(declaration)
        }
      }
    }
    let known = Set(trees.map(\.source))
    for tree in other where !known.contains(tree.source) {
      trees.append(
        FileTree(
          source: tree.source, declarations: [], comments: [], language: tree.language))
    }
    return trees
  }

  /// Where the rules of a `decide` are written in `applying`, in their order, without making its trees:
  /// by its number among those of the base. nil where declarations come, go or are others.
  public func rules(ofDecide number: Int, applying chosen: some Sequence<Int>) -> [Span]? {
    root.first?.rules(ofDecide: number, Set(chosen))
  }

  /// Whether one edit speaks of names that another one brings or takes away, so that one may not
  /// check without the other.
  public func needs(_ one: Int, _ another: Int) -> Bool {
    let (a, b) = (names[one], names[another])
    return !a.after.isDisjoint(with: b.brought) || !a.before.isDisjoint(with: b.taken)
  }
}

extension Declaration {
  fileprivate var isVariant: Bool { if case .variant = kind { true } else { false } }
  fileprivate var isChange: Bool { if case .change = kind { true } else { false } }
}

/// The names that an edit speaks of.
struct EditNames: Sendable {
  var before: Set<String>
  var after: Set<String>
  /// Names that a declaration brings or takes away.
  var brought: Set<String> = []
  var taken: Set<String> = []
}

/// Collects edits while forms are compared.
struct EditRecorder {
  let words: AsWritten
  /// Of the files: an edit is told in the words of its author.
  let languages: [SourceID: Language]
  var edits: [RuleEdit] = []
  var names: [EditNames] = []

  init(words: AsWritten, languages: [SourceID: Language] = [:]) {
    self.words = words
    self.languages = languages
  }

  func language(of part: Part) -> Language {
    part.span.flatMap { languages[$0.source] } ?? .english
  }

  /// What two parts of one sort say, the parts inside of them left out; nil where that is the same.
  func ownTexts(_ old: Part, _ new: Part) -> (old: String, new: String)? {
    if !old.hasInside, !new.hasInside, !old.isDeclaration, words.areAlike(old, new) { return nil }
    let texts = (old.hollow.printed, new.hollow.printed)
    return texts.0 == texts.1 ? nil : texts
  }

  /// Adds an edit of whole parts, or of their `own` texts only, and gives its number. `places`: what
  /// is shown of both instead of what they say.
  mutating func add(
    _ kind: RuleEdit.Kind, _ old: Part?, _ new: Part?, block: String?,
    own: (old: String, new: String)? = nil, places: (String, String)? = nil
  ) -> Int {
    guard let part = new ?? old else { return 0 }
    let subject: RuleEdit.Subject
    var title = ""
    switch part {
    case .declaration: subject = !part.hasInside || own == nil ? .declaration : .block
    case .row: (subject, title) = (.row, part.shown(in: language(of: part)))
    case .territoryOtherwise, .assignOtherwise, .otherwise:
      (subject, title) = (.block, part.shown(in: language(of: part)))
    default: (subject, title) = (.rule, part.shown(in: language(of: part)))
    }
    var blockTitle = block ?? ""
    var isOfDecisions = true
    if case .declaration(let declaration) = part {
      blockTitle = declaration.title
      isOfDecisions = declaration.isOfDecisions
    }
    /// What all of a part says.
    func text(_ part: Part, _ own: String?) -> String {
      if let own, !part.hasInside { return own }
      return part.printed
    }
    /// The same, or its own words only, as its author has it.
    func told(_ part: Part, _ own: String?, _ whole: String?) -> String {
      let language = language(of: part)
      if language == .english { return own ?? whole ?? "" }
      return (own == nil ? part : part.hollow).printed(in: language)
    }
    let whole = (old.map { text($0, own?.old) }, new.map { text($0, own?.new) })
    let texts =
      places
      ?? (
        short(old.map { told($0, own?.old, whole.0) } ?? ""),
        short(new.map { told($0, own?.new, whole.1) } ?? "")
      )
    edits.append(
      RuleEdit(
        kind: kind, subject: subject, aspect: kind == .changed ? aspect(old, new) : nil,
        block: blockTitle, title: title, before: old?.span, after: new?.span,
        textBefore: texts.0, textAfter: texts.1, isOfDecisions: isOfDecisions)
    )
    var found = EditNames(before: whole.0?.names ?? [], after: whole.1?.names ?? [])
    if part.brings {
      found.brought = found.after.subtracting(found.before)
      found.taken = found.before.subtracting(found.after)
    }
    names.append(found)
    return edits.count - 1
  }

  private func aspect(_ old: Part?, _ new: Part?) -> RuleEdit.Aspect? {
    guard let old, let new, old.sort == new.sort else { return nil }
    if old.isDeclaration { return nil }
    let (a, b) = (old.hollow.halves, new.hollow.halves)
    let isRenamed = old.key != new.key
    switch (a.condition == b.condition, a.value == b.value) {
    case (true, true): return isRenamed ? .title : nil
    case (false, true): return isRenamed ? nil : .condition
    case (true, false): return isRenamed ? nil : .value
    case (false, false): return nil
    }
  }

  /// The longest text shown of one form of a part.
  private static let longest = 240

  private func short(_ text: String) -> String {
    guard text.count > Self.longest else { return text }
    return text.prefix(Self.longest - 1) + "…"
  }
}

extension Part {
  /// Whether it declares names that other parts may speak of.
  fileprivate var brings: Bool {
    switch self {
    case .declaration: true
    case .step(let step):
      switch step.kind {
      case .mark, .start, .startFirst: true
      default: false
      }
    default: false
    }
  }
}

extension String {
  /// The words in it, outside of quotes as inside: more than the names that it speaks of, never fewer.
  fileprivate var names: Set<String> {
    var names: Set<String> = []
    var word = ""
    for scalar in unicodeScalars {
      if scalar.isOfWord {
        word.unicodeScalars.append(scalar)
      } else if !word.isEmpty {
        names.insert(word)
        word = ""
      }
    }
    if !word.isEmpty { names.insert(word) }
    return names
  }
}

extension Unicode.Scalar {
  fileprivate var isOfWord: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    case "\0"..."\u{7F}": false
    default: properties.isAlphabetic || properties.numericType != nil
    }
  }
}
