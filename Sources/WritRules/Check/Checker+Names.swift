import WritModel
import WritSyntax
import WritText

/// Who a path of names means.
enum Resolved {
  case term(TermID)
  /// A derived name and its arguments, not read yet: a point may lead to one of its parts.
  case derived(DerivedID, [TermID])
  /// `quote.lines`: the records whose field names the given one.
  case parts(RecordID, via: FieldID, of: TermID)
  case type(Symbols.TypeSymbol)
  case failed
}

// Names: found in one order, without shadowing. Two hits are an error, so that adding a field can
// break a build but never change a price.
extension Checker {
  /// Finds who a name, a path or a call means.
  mutating func resolve(
    _ expression: Expression, expecting: ValueType?, in scope: Scope
  ) -> Resolved {
    switch expression.kind {
    case .name(let name): return resolve(name, expecting: expecting, in: scope)
    case .member(let base, let name):
      let base = resolve(base, expecting: nil, isBase: true, in: scope)
      return member(name, of: base, in: scope)
    case .call(let name, let arguments):
      return call(name, arguments, expecting: expecting, at: expression.span, in: scope)
    case .grouped(let inner): return resolve(inner, expecting: expecting, in: scope)
    default:
      let term = infer(expression, expecting: expecting, in: scope)
      return isUnknown(term) ? .failed : .term(term)
    }
  }

  private mutating func resolve(
    _ expression: Expression, expecting: ValueType?, isBase: Bool, in scope: Scope
  ) -> Resolved {
    if case .name(let name) = expression.kind {
      return resolve(name, expecting: expecting, isBase: isBase, in: scope)
    }
    return resolve(expression, expecting: expecting, in: scope)
  }

  /// The term that something resolved to stands for.
  mutating func value(of resolved: Resolved, in scope: Scope, _ expression: Expression) -> TermID {
    switch resolved {
    case .term(let term): return term
    case .derived(let id, let arguments):
      return read(id, arguments, in: scope, at: expression.span)
    case .parts(let record, let field, let whole):
      return listOfParts(record, via: field, of: whole, in: scope)
    case .type:
      report(.typeForValue(written(expression), at: expression.span))
      return unknown
    case .failed: return unknown
    }
  }

  // MARK: Bare names

  private mutating func resolve(
    _ name: Name, expecting: ValueType?, isBase: Bool = false, in scope: Scope
  ) -> Resolved {
    let hits = self.hits(name.text, in: scope)
    let member = expecting.flatMap { memberConstant(name.text, of: $0) }
    if let member {
      // Only a value that would fit the place as well makes two readings.
      if let hit = hits.first, mayFit(hit, expecting) {
        report(.memberOrValue(name, typeName: describe(type(of: member))))
        return .failed
      }
      return .term(member)
    }
    if hits.count > 1 {
      report(.ambiguousName(name, places: hits.map { phrase($0.place, name.text) }))
      return .failed
    }
    if let hit = hits.first { return resolved(hit, name, in: scope) }
    if isBase, let type = symbols.types[name.text]?.meaning { return .type(type) }
    // A member of the only enum or tree that has one of the name.
    if expecting == nil || expecting == .unknown {
      let owners = symbols.owners[name.text] ?? []
      if owners.count == 1, let term = memberConstant(name.text, of: type(of: owners[0])) {
        return .term(term)
      }
      if owners.count > 1 {
        report(.memberOfSeveral(name, types: owners.map { typeName($0) }))
        return .failed
      }
    }
    if let type = symbols.types[name.text]?.meaning { return .type(type) }
    reportUnknown(name, expecting: expecting, in: scope)
    return .failed
  }

  /// One meaning of a bare name, and the place it was found in.
  struct Hit {
    enum Meaning {
      case bound(TermID)
      case member(Symbols.Member)
      case global(DerivedID)
    }
    enum Place {
      case given
      case field(RecordID)
      case constant
    }
    var meaning: Meaning
    var place: Place
  }

  private func hits(_ name: String, in scope: Scope) -> [Hit] {
    var hits: [Hit] = []
    if let bound = scope.binders.last(where: { $0.name == name }) {
      // Whoever gave a name that means something already has been told; see `bind`.
      return [Hit(meaning: .bound(bound.term), place: .given)]
    }
    if let word = scope.words.last(where: { $0.name == name }) {
      hits.append(Hit(meaning: .bound(word.term), place: .given))
    }
    if let subject = scope.subject, let entry = symbols.members[Int(subject.index)][name] {
      // A mark is a word of its block and a name of its record: the same thing twice.
      var isOwnWord = false
      if !hits.isEmpty, case .derived(let id) = entry.meaning, running.contains(self[id].unit) {
        isOwnWord = true
      }
      if !isOwnWord { hits.append(Hit(meaning: .member(entry.meaning), place: .field(subject))) }
    }
    if let entry = symbols.globals[name], case .derived(let id) = entry.meaning,
      self[id].parameters.isEmpty
    {
      hits.append(Hit(meaning: .global(id), place: .constant))
    }
    return hits
  }

  private func phrase(_ place: Hit.Place, _ name: String) -> Phrase {
    switch place {
    case .given: return Phrase("a name given here", zh: "此处起的名称")
    case .constant: return Phrase("a constant of the rule set", zh: "规则集的常量")
    case .field(let record):
      let owner = program.schema[record].name
      return Phrase("`\(owner.name).\(name)`", zh: "`\(owner.label ?? owner.name)` 的 `\(name)`")
    }
  }

  private mutating func resolved(_ hit: Hit, _ name: Name, in scope: Scope) -> Resolved {
    switch hit.meaning {
    case .bound(let term): return .term(term)
    case .global(let id): return .derived(id, [])
    case .member(let member):
      guard let this = scope.this else { return .failed }
      return resolved(member, of: this, name, in: scope)
    }
  }

  private mutating func resolved(
    _ member: Symbols.Member, of record: TermID, _ name: Name, in scope: Scope
  ) -> Resolved {
    switch member {
    case .field(let id):
      return .term(field(id, of: record))
    case .parts(let part, let via): return .parts(part, via: via, of: record)
    case .derived(let id):
      if self[id].isAssignment, !scope.seesAssignments {
        report(.decidedLater(name))
        return .failed
      }
      return .derived(id, [record])
    }
  }

  /// Whether a hit's value could stand where a member is expected.
  private func mayFit(_ hit: Hit, _ expecting: ValueType?) -> Bool {
    switch hit.meaning {
    case .bound(let term): type(of: term) == expecting
    case .member(.field(let id)): program.schema[id].type == expecting
    case .member(.parts): false
    case .member(.derived(let id)), .global(let id):
      switch self[id].value {
      case .attribute(let attribute): program[attribute].type == expecting
      case .term(let term): type(of: term) == expecting
      // Not known yet: its declared type is not either, so the member is taken.
      case .waiting, .broken: false
      }
    }
  }

  // MARK: Members

  /// The constant of an enum's or tree's member, where the type is one and has it.
  mutating func memberConstant(_ name: String, of type: ValueType) -> TermID? {
    switch type {
    case .member(let id):
      symbols.enumMembers[Int(id.index)][name].map { member($0, of: id) }
    case .node(let id):
      symbols.treeNodes[Int(id.index)][name].map {
        constant(.node($0, of: id), type: .node(id))
      }
    case .set(let item), .list(let item): memberConstant(name, of: item)
    default: nil
    }
  }

  private mutating func member(
    _ name: Name, of base: Resolved, in scope: Scope
  ) -> Resolved {
    switch base {
    case .failed: return .failed
    case .type(let type):
      if let term = memberConstant(name.text, of: self.type(of: type)) { return .term(term) }
      report(.unknownMember(name, of: typeName(type), near: near(name.text, in: members(of: type))))
      return .failed
    case .derived(let id, let arguments):
      if let part = self[id].parts[name.text] { return .derived(part, arguments) }
      let value = read(id, arguments, in: scope, at: name.span)
      if isUnknown(value) { return .failed }
      return member(name, of: value, parts: Array(self[id].parts.keys), in: scope)
    case .term(let term):
      return member(name, of: term, parts: [], in: scope)
    case .parts(let record, _, _):
      report(.memberOfMany(name, record: program.schema[record].name))
      return .failed
    }
  }

  private mutating func member(
    _ name: Name, of term: TermID, parts: [String], in scope: Scope
  ) -> Resolved {
    switch type(of: term) {
    case .unknown: return .failed
    case .record(let record), .recordOrQueue(let record):
      if let entry = symbols.members[Int(record.index)][name.text] {
        return resolved(entry.meaning, of: term, name, in: scope)
      }
      let near = near(
        name.text, in: parts + Array(symbols.members[Int(record.index)].keys))
      report(.unknownMember(name, of: program.schema[record].name, near: near))
      return .failed
    case .rule:
      if let value = member(name, ofElement: term, in: scope) { return .term(value) }
      let known = scope.elements.last { $0.term == term }.map { self[$0.territories].parts.keys }
      return noMember(name, of: term, parts: known.map { Array($0) } ?? parts)
    default: return noMember(name, of: term, parts: parts)
    }
  }

  private mutating func noMember(_ name: Name, of term: TermID, parts: [String]) -> Resolved {
    if parts.isEmpty {
      report(.noMembers(name, type: describe(type(of: term))))
    } else {
      report(.unknownName(name, near: near(name.text, in: parts)))
    }
    return .failed
  }

  /// The record's parts as a value: a list in the order of their keys.
  mutating func listOfParts(
    _ record: RecordID, via field: FieldID, of whole: TermID, in scope: Scope
  ) -> TermID {
    let part = slot(scope.nextSlot, type: .record(record))
    let belongs = operation(.equal, [self.field(field, of: part), whole], type: .boolean)
    return gather(
      Gather(fold: .list, record: record, slot: scope.nextSlot, guardTerm: belongs),
      type: .list(.record(record)))
  }

  // MARK: Types

  func type(of symbol: Symbols.TypeSymbol) -> ValueType {
    switch symbol {
    case .enumeration(let id): .member(id)
    case .tree(let id): .node(id)
    case .record(let id): .record(id)
    }
  }

  func typeName(_ symbol: Symbols.TypeSymbol) -> Named {
    switch symbol {
    case .enumeration(let id): program.schema[id].name
    case .tree(let id): program.schema.trees[Int(id.index)].name
    case .record(let id): program.schema[id].name
    }
  }

  private func members(of symbol: Symbols.TypeSymbol) -> [String] {
    switch symbol {
    case .enumeration(let id): Array(symbols.enumMembers[Int(id.index)].keys)
    case .tree(let id): Array(symbols.treeNodes[Int(id.index)].keys)
    case .record: []
    }
  }

  /// The one enum or tree that has a member for every bare name among the items, where they mean
  /// nothing else: `{ohio, arizona}`, the values of a `case`.
  func commonOwner(of items: [Expression], in scope: Scope) -> ValueType? {
    var common: [Symbols.TypeSymbol]?
    for item in items {
      guard case .name(let name) = item.kind else { continue }
      if !hits(name.text, in: scope).isEmpty { continue }
      let owners = symbols.owners[name.text] ?? []
      common = common.map { $0.filter(owners.contains) } ?? owners
    }
    guard let common, common.count == 1 else { return nil }
    return type(of: common[0])
  }

  /// Whether a name stands for something without an expected type to find it by.
  func standsAlone(_ expression: Expression, in scope: Scope) -> Bool {
    switch expression.kind {
    case .name(let name): !hits(name.text, in: scope).isEmpty
    case .grouped(let inner), .negate(let inner): standsAlone(inner, in: scope)
    case .literal, .missing, .set: false
    default: true
    }
  }

  // MARK: Unknown names

  private mutating func reportUnknown(_ name: Name, expecting: ValueType?, in scope: Scope) {
    if let subject = scope.subject == nil ? onlyBinder(having: name.text, in: scope) : nil {
      report(.bareFieldOfSeveral(name, binder: subject))
      return
    }
    switch expecting {
    case .member(let id):
      let members = members(of: .enumeration(id))
      let near = near(name.text, in: members)
      if !near.isEmpty {
        report(.unknownMember(name, of: program.schema[id].name, near: near))
        return
      }
    case .node(let id):
      let members = members(of: .tree(id))
      let near = near(name.text, in: members)
      if !near.isEmpty {
        report(.unknownMember(name, of: program.schema.trees[Int(id.index)].name, near: near))
        return
      }
    default: break
    }
    let known = namesInView(in: scope)
    if let parts = Segmentation.split(name.text, knownNames: Set(known)) {
      report(.missingSpaces(name, parts: parts))
      return
    }
    report(.unknownName(name, near: near(name.text, in: known)))
  }

  /// Where several records are in view, the binder that has a field of the name, if only one has.
  private func onlyBinder(having name: String, in scope: Scope) -> String? {
    let having = scope.binders.filter {
      guard case .record(let record) = type(of: $0.term) else { return false }
      return symbols.members[Int(record.index)][name] != nil
    }
    return having.isEmpty ? nil : having[0].name
  }

  /// Every name that could stand here, for near misses and for cutting Chinese apart.
  func namesInView(in scope: Scope) -> [String] {
    var names = scope.binders.map(\.name) + scope.words.map(\.name)
    if let subject = scope.subject { names += symbols.members[Int(subject.index)].keys }
    names += symbols.globals.keys
    names += symbols.owners.keys
    return names
  }
}
