public import WritText

extension VariantDeclaration {
  /// The base with the patches done, in written order: each sees what those before it left.
  ///
  /// `base` are the files of the base, `file` is the one the variant stands in; both in one
  /// `Sources`. The variants of the base are left out: they patch the base, not this. A patch of
  /// what is not there is reported, with the place in the base where it would have been, and left
  /// out; where the base did not parse, it may be what was not understood, and nothing is said.
  public func applied(
    to base: [FileTree], in file: FileTree
  ) -> (trees: [FileTree], diagnostics: [Diagnostic]) {
    var patcher = Patcher(base)
    for patch in patches { patcher.apply(patch) }
    patcher.close()
    var trees = patcher.trees
    for index in trees.indices {
      trees[index].declarations.removeAll { if case .variant = $0.kind { true } else { false } }
    }
    // The file of the variant says in which language its words are, and belongs to the rule set.
    if !trees.contains(where: { $0.source == file.source }) {
      trees.append(
        FileTree(source: file.source, declarations: [], comments: [], language: file.language))
    }
    let isWhole = !base.contains(where: \.hasGaps)
    return (trees.sorted { $0.source < $1.source }, isWhole ? patcher.diagnostics : [])
  }
}

/// A base on its way to a variant.
private struct Patcher {
  var trees: [FileTree]
  var diagnostics: [Diagnostic] = []
  /// Names by their labels.
  private var names: [String: String] = [:]
  /// The parts of the block that the last patch changed: the next one mostly changes it too, and
  /// taking it apart and putting it together again each time costs as much as it has rules.
  private var open: (tree: Int, index: Int, parts: [Part])?

  init(_ trees: [FileTree]) {
    self.trees = trees
    for declaration in trees.flatMap(\.declarations) {
      switch declaration.kind {
      case .record(let it):
        note(it.name)
        for field in it.fields { note(field.name) }
      case .define(let it): note(it.name)
      case .table(let it): note(it.name)
      case .decide(let it): note(it.name)
      case .split(let it): note(it.name)
      case .param(let it): note(it.name)
      default: break
      }
    }
  }

  private mutating func note(_ name: LabeledName) {
    if let label = name.label, names[label.text] == nil { names[label.text] = name.name.text }
  }

  /// What a name or a label stands for.
  private func plain(_ name: Name) -> String { names[name.text] ?? name.text }

  mutating func apply(_ patch: VariantDeclaration.Patch) {
    switch patch {
    case .set, .remove, .replace, .add, .move: break
    // Those behind it get other places.
    case .addDeclaration, .replaceDeclaration, .removeDeclaration: close()
    }
    switch patch {
    case .set(let name, let value): set(name, value)
    case .addDeclaration(let fresh):
      guard let last = trees.indices.last else { return }
      trees[last].declarations.append(fresh)
    case .replaceDeclaration(let fresh):
      guard let declared = fresh.reference,
        let place = place(of: declared, at: fresh.span.beginning)
      else { return }
      let old = trees[place.tree].declarations[place.index]
      trees[place.tree].declarations[place.index] = fresh.called(like: old)
      trees[place.tree].isPatched = true
    case .removeDeclaration(let declared, let span):
      guard let place = place(of: declared, at: span) else { return }
      trees[place.tree].declarations.remove(at: place.index)
    case .remove(let title, let block):
      edit(block) { patcher, parts, span in
        if !parts.take(title.text) { patcher.report(title, in: parts, block, span) }
      }
    case .replace(let title, let block, let rules):
      edit(block) { patcher, parts, span in
        let fresh = patcher.settled(Part.declaration(rules).inside, in: &parts)
        if parts.find(title.text) == nil {
          patcher.report(title, in: parts, block, span)
        } else if !parts.put(fresh, .instead, of: title.text) {
          patcher.diagnostics.append(.patchDoesNotFit(title, at: rules.span))
        }
      }
    case .add(let place, let block, let rules):
      edit(block) { patcher, parts, span in
        let fresh = patcher.settled(Part.declaration(rules).inside, in: &parts)
        guard let place else { return parts.append(fresh) }
        if parts.find(place.name.text) == nil {
          patcher.report(place.name, in: parts, block, span)
        } else if !parts.put(fresh, place.side, of: place.name.text) {
          patcher.diagnostics.append(.patchDoesNotFit(place.name, at: rules.span))
        }
      } own: { declaration in
        // What a ladder watches for earlier approvals stands beside its rules.
        guard case .authorizeDiscount(let patch) = rules.kind, !patch.voidOn.isEmpty,
          case .authorizeDiscount(var block) = declaration.kind
        else { return }
        block.voidOn = patch.voidOn
        declaration.kind = .authorizeDiscount(block)
      }
    case .move(let title, let place, let block):
      edit(block) { patcher, parts, span in
        guard let part = parts.find(title.text) else {
          return patcher.report(title, in: parts, block, span)
        }
        guard title.text != place.name.text, parts.find(place.name.text) != nil else {
          return patcher.report(place.name, in: parts, block, span)
        }
        let before = parts
        _ = parts.take(title.text)
        if !parts.put([part], place.side, of: place.name.text) {
          parts = before
          patcher.diagnostics.append(.patchDoesNotFit(title, at: title.span))
        }
      }
    }
  }

  private typealias Place = (tree: Int, index: Int)

  /// Where the declaration stands that is called so; reports at `span` what is not there.
  private mutating func place(of declared: DeclarationReference, at span: Span) -> Place? {
    if case .block(let block) = declared { return place(of: block) }
    let wanted = key(of: declared)
    var near: [(title: String, span: Span)] = []
    for (tree, file) in trees.enumerated() {
      for (index, declaration) in file.declarations.enumerated() {
        guard let other = declaration.reference else { continue }
        let key = key(of: other)
        if key == wanted { return (tree, index) }
        if key.kind == wanted.kind { near.append((key.name, declaration.span)) }
      }
    }
    diagnostics.append(
      .patchWithoutDeclaration(
        wanted.kind, wanted.name, near: nearest(to: wanted.name, among: near.map(\.title)), at: span
      ))
    return nil
  }

  /// What a declaration is called, by the names that stand behind labels; blocks are found by
  /// `place(of:)`.
  private func key(of declared: DeclarationReference) -> (kind: Keyword?, name: String) {
    switch declared {
    case .block: (nil, "")
    case .define(let record, let name):
      (.define, (record.map { plain($0) + "." } ?? "") + plain(name))
    case .split(let name): (.split, plain(name))
    case .require(let title): (.require, title.text)
    case .change(let title): (.change, title.text)
    case .alert(let title): (.alert, title.text)
    }
  }

  private mutating func set(_ name: Name, _ value: Expression) {
    let wanted = plain(name)
    var params: [String] = []
    for tree in trees.indices {
      for index in trees[tree].declarations.indices {
        guard case .param(var param) = trees[tree].declarations[index].kind else { continue }
        params.append(param.name.name.text)
        guard param.name.name.text == wanted else { continue }
        param.value = value
        // Who looks for the param finds what it is now.
        trees[tree].declarations[index] = Declaration(
          .param(param), at: name.span.joined(with: value.span))
        return
      }
    }
    diagnostics.append(.patchWithoutParam(name, near: nearest(to: name.text, among: params)))
  }

  /// What takes the place of the one of its sort wherever it is written — an `otherwise`, the plain
  /// `limit` of a ladder — is put there; the others are given back.
  private func settled(_ parts: [Part], in block: inout [Part]) -> [Part] {
    parts.filter { part in
      let isLimit = part.sort == .rule && part.key.isEmpty
      guard part.sort == .otherwise || isLimit else { return true }
      if let place = block.firstIndex(where: { $0.sort == part.sort && $0.key == part.key }) {
        block[place] = part
      } else if isLimit {
        block.insert(part, at: 0)
      } else {
        block.append(part)
      }
      return false
    }
  }

  /// Where the block stands that a patch names; reports what is not there.
  private mutating func place(of reference: BlockReference) -> Place? {
    var found: [(tree: Int, index: Int, isExact: Bool)] = []
    var same: [Span] = []
    for (tree, file) in trees.enumerated() {
      for (index, declaration) in file.declarations.enumerated() {
        guard let block = declaration.blockName, block.kind == reference.kind else { continue }
        same.append(declaration.span)
        if let record = reference.record, plain(record) != block.record.map(plain) { continue }
        if let name = reference.name, plain(name) != block.name.map(plain) { continue }
        found.append((tree, index, (reference.name == nil) == (block.name == nil)))
      }
    }
    let exact = found.filter(\.isExact)
    guard let place = exact.count == 1 ? exact.first : found.count == 1 ? found.first : nil else {
      diagnostics.append(
        .patchWithoutBlock(
          at: reference.span,
          others: found.isEmpty
            ? same : found.map { trees[$0.tree].declarations[$0.index].span },
          isDoubtful: !found.isEmpty))
      return nil
    }
    return (place.tree, place.index)
  }

  /// Changes the parts of the block that a patch names.
  private mutating func edit(
    _ reference: BlockReference,
    _ change: (inout Patcher, inout [Part], Span) -> Void,
    own: (inout Declaration) -> Void = { _ in }
  ) {
    guard let place = place(of: reference) else { return }
    var parts = takeParts(place.tree, place.index)
    change(&self, &parts, trees[place.tree].declarations[place.index].span)
    open = (place.tree, place.index, parts)
    own(&trees[place.tree].declarations[place.index])
  }

  /// The parts of a block, as the patches so far leave them.
  private mutating func takeParts(_ tree: Int, _ index: Int) -> [Part] {
    if let known = open, known.tree == tree, known.index == index {
      open = nil
      return known.parts
    }
    close()
    return Part.declaration(trees[tree].declarations[index]).inside
  }

  /// Puts the block together that the last patch changed.
  mutating func close() {
    guard let (tree, index, parts) = open else { return }
    open = nil
    let block = Part.declaration(trees[tree].declarations[index])
    if case .declaration(let filled) = block.filled(with: parts) {
      trees[tree].declarations[index] = filled
      trees[tree].isPatched = true
    }
  }

  private mutating func report(
    _ title: TextLiteral, in parts: [Part], _ block: BlockReference, _ span: Span
  ) {
    diagnostics.append(
      .patchWithoutRule(title, near: nearest(to: title.text, among: parts.names), base: span))
  }
}

extension VariantDeclaration.Place {
  fileprivate var name: TextLiteral {
    switch self {
    case .before(let title), .after(let title): title
    }
  }

  fileprivate var side: [Part].Side {
    switch self {
    case .before: .before
    case .after: .behind
    }
  }
}

extension Declaration {
  /// What a patch calls a block by; nil for what has no rules to point at.
  fileprivate var blockName: (kind: BlockReference.Kind, record: Name?, name: Name?)? {
    switch kind {
    case .territories(let it): (.territories, it.record, it.alias)
    case .assign(let it): (.assign, it.record, it.alias)
    case .price(let it): (.price, it.record, it.alias)
    case .authorizeSale(let it): (.authorizeSale, nil, it.alias)
    case .authorizeDiscount(let it): (.authorizeDiscount, it.record, it.attribute)
    case .match(let it): (.match, it.left.type, it.alias)
    case .decide(let it): (.decide, it.record, it.name.name)
    case .table(let it): (.table, nil, it.name.name)
    default: nil
    }
  }
}

extension LabeledName {
  /// The name and label of another, unless it has a label of its own.
  fileprivate func called(like old: LabeledName) -> LabeledName {
    label == nil
      ? LabeledName(name: Name(old.name.text, at: name.span), label: old.label) : self
  }
}

extension Declaration {
  /// With the name and label of the declaration it replaces: others go on finding it by either.
  fileprivate func called(like old: Declaration) -> Declaration {
    var fresh = self
    switch (kind, old.kind) {
    case (.define(var it), .define(let old)):
      it.name = it.name.called(like: old.name)
      fresh.kind = .define(it)
    case (.table(var it), .table(let old)):
      it.name = it.name.called(like: old.name)
      fresh.kind = .table(it)
    case (.decide(var it), .decide(let old)):
      it.name = it.name.called(like: old.name)
      fresh.kind = .decide(it)
    case (.split(var it), .split(let old)):
      it.name = it.name.called(like: old.name)
      fresh.kind = .split(it)
    default: break
    }
    return fresh
  }

  /// What a patch calls the whole of it; nil for what no patch may take away.
  fileprivate var reference: DeclarationReference? {
    switch kind {
    case .define(let it): .define(record: it.record, it.name.name)
    case .split(let it): .split(it.name.name)
    case .require(let it): .require(it.title)
    case .change(let it): .change(it.title)
    case .alert(let it): .alert(it.title)
    default:
      blockName.map {
        .block(
          BlockReference(kind: $0.kind, record: $0.record, name: $0.name, span: span.beginning))
      }
    }
  }
}

// MARK: - Rules by their titles, at any depth

extension [Part] {
  enum Side { case before, behind, instead }

  /// What people call the parts, those inside others too.
  fileprivate var names: [String] {
    flatMap { part in
      (part.name.map { [$0] } ?? []) + part.inside.names
    }
  }

  fileprivate func find(_ name: String) -> Part? {
    for part in self {
      if part.name == name { return part }
      if let found = part.inside.find(name) { return found }
    }
    return nil
  }

  /// Takes a part away; false: it is not there.
  fileprivate mutating func take(_ name: String) -> Bool {
    if let place = firstIndex(where: { $0.name == name }) {
      remove(at: place)
      return true
    }
    for index in indices {
      var inside = self[index].inside
      guard !inside.isEmpty, inside.take(name) else { continue }
      self[index] = self[index].filled(with: inside)
      return true
    }
    return false
  }

  /// Puts parts beside one or in its place; false: it is not there, or they cannot stand where it does.
  fileprivate mutating func put(_ parts: [Part], _ side: Side, of name: String) -> Bool {
    if let place = firstIndex(where: { $0.name == name }) {
      let fitting = parts.flatMap { $0.likened(to: self[place]) }
      guard fitting.count >= parts.count else { return false }
      switch side {
      case .before: insert(contentsOf: fitting, at: place)
      case .behind: insert(contentsOf: fitting, at: place + 1)
      case .instead: replaceSubrange(place...place, with: fitting)
      }
      return true
    }
    for index in indices {
      var inside = self[index].inside
      guard !inside.isEmpty, inside.put(parts, side, of: name) else { continue }
      self[index] = self[index].filled(with: inside)
      return true
    }
    return false
  }

  /// Puts parts at the end, before what stands there always: `otherwise`, `else`.
  fileprivate mutating func append(_ parts: [Part]) {
    let place = lastIndex { !$0.isLastAlways }.map { $0 + 1 } ?? 0
    insert(contentsOf: parts, at: place)
  }
}

extension Part {
  /// What a patch may call it by: its title; the cells of a row, as `fmt` writes them.
  fileprivate var name: String? {
    switch self {
    case .row: shown
    case .declaration, .territoryOtherwise, .assignOtherwise, .otherwise: nil
    default: key.isEmpty ? nil : key
    }
  }

  fileprivate var isLastAlways: Bool {
    if case .row(let row) = self { return row.cells == nil }
    return sort == .otherwise
  }

  /// Itself as it would stand beside another part: an offer is a step of its own or one of a group.
  /// Nothing: it cannot stand there.
  fileprivate func likened(to neighbour: Part) -> [Part] {
    switch (self, neighbour) {
    case (.step(let step), .offer):
      if case .offer(let offer) = step.kind { return [.offer(offer)] }
      return []
    case (.offer(let offer), .step):
      return [.step(PriceStep(kind: .offer(offer), span: offer.span))]
    case (.step(let step), .source):
      // The sources of a start are written in a `start first of` of the patch.
      if case .startFirst(let sources) = step.kind { return sources.map { .source($0) } }
      return []
    case (.source, .source), (.step, .step), (.offer, .offer), (.row, .row): return [self]
    case (.source, _), (_, .source): return []
    default: return sort == .skip && neighbour.sort != .skip ? [] : [self]
    }
  }
}
