import WritModel
import WritSyntax
import WritText

// The kinds of things there are: currencies, enums, trees, queues and the names of records.
extension Checker {
  /// The most enums, trees, records, queues or currencies; their numbers have 16 bits in a value.
  static let mostTypes = 60_000

  /// Currencies and the zone. The first currency is that of bare amounts; a rule set that declares
  /// none has the nameless one of ISO 4217, which cannot be written.
  mutating func declareCurrencies() {
    var zone: Span?
    for unit in units {
      switch unit.declaration.kind {
      case .currency(let names):
        for name in names {
          if symbols.currencies[name.text] != nil {
            report(.duplicateName(name.text, at: name.span, first: nil))
            continue
          }
          guard program.schema.currencies.count < Checker.mostTypes else { break }
          symbols.currencies[name.text] = CurrencyID(program.schema.currencies.count)
          program.schema.currencies.append(name.text)
        }
      case .zone(let minutes):
        if let zone { report(.secondZone(at: unit.declaration.span, first: zone)) }
        zone = zone ?? unit.declaration.span
        program.schema.zoneMinutes = minutes
      default: break
      }
    }
    // Money means something where none is declared.
    if program.schema.currencies.isEmpty { program.schema.currencies = [Schema.noCurrency] }
  }

  /// Enums, trees and queues whole; of records the names only, because fields refer to all types.
  mutating func declareTypes() {
    for unit in units.indices {
      let schema = program.schema
      let most = max(schema.enums.count, schema.trees.count, schema.records.count)
      guard max(most, schema.queues.count, schema.currencies.count) < Checker.mostTypes else {
        report(.tooManyTypes(at: units[unit].declaration.span))
        break
      }
      switch units[unit].declaration.kind {
      case .enumeration(let declaration): declare(declaration)
      case .tree(let declaration): declare(declaration)
      case .record(let declaration):
        let id = RecordID(program.schema.records.count)
        guard declareType(declaration.name, .record(id)) else { continue }
        program.schema.records.append(
          RecordType(name: named(declaration.name), fields: [], key: [], called: nil))
        symbols.members.append([:])
        symbols.recordUnits.append(UnitID(unit))
      case .queue(let names):
        for name in names {
          guard program.schema.queues.count < Checker.mostTypes else { break }
          let id = QueueID(program.schema.queues.count)
          program.schema.queues.append(named(name))
          for spelling in [name.name.text, name.label?.text].compactMap({ $0 }) {
            if let first = symbols.queues[spelling], first.meaning != id {
              report(.duplicateName(spelling, at: name.name.span, first: first.span))
            } else {
              symbols.queues[spelling] = .init(meaning: id, span: name.name.span)
            }
          }
        }
      default: break
      }
    }
    declareCurrencyEnum()
    declareAnswerEnums()
  }

  private mutating func declare(_ declaration: EnumDeclaration) {
    let id = EnumID(program.schema.enums.count)
    guard declareType(declaration.name, .enumeration(id)) else { return }
    var members = declaration.members.map { (named($0), $0.name.span) }
    if let file = declaration.file {
      if let table = tables(file.text, file.span.source) {
        members += table.rows.compactMap { row in
          guard let name = row.first, !name.isEmpty else { return nil }
          let label = row.count > 1 && !row[1].isEmpty && row[1] != name ? row[1] : nil
          return (Named(name, label: label), file.span)
        }
      } else {
        report(.missingFile(file))
      }
    }
    if members.isEmpty { report(.emptyType(declaration.name.name)) }
    addEnum(
      EnumType(
        name: named(declaration.name), isOrdered: declaration.isOrdered, members: members.map(\.0)),
      spans: members.map(\.1))
  }

  /// Adds an enum to the schema and its members to the names.
  @discardableResult
  mutating func addEnum(_ type: EnumType, spans: [Span] = []) -> EnumID {
    let id = EnumID(program.schema.enums.count)
    program.schema.enums.append(type)
    var names: [String: Int] = [:]
    names.reserveCapacity(type.members.count * 2)
    for (ordinal, member) in type.members.enumerated() {
      for spelling in [member.name, member.label].compactMap({ $0 }) {
        if let first = names[spelling], first != ordinal {
          let span = spans.indices.contains(ordinal) ? spans[ordinal] : nil
          if let span {
            report(
              .duplicateName(
                spelling, at: span, first: spans.indices.contains(first) ? spans[first] : nil))
          }
        } else {
          names[spelling] = ordinal
          symbols.owners[spelling, default: []].append(.enumeration(id))
        }
      }
    }
    symbols.enumMembers.append(names)
    return id
  }

  private mutating func declare(_ declaration: TreeDeclaration) {
    let id = TreeID(program.schema.trees.count)
    guard declareType(declaration.name, .tree(id)) else { return }
    var nodes: [TreeType.Node] = []
    var names: [String: (index: Int, span: Span)] = [:]
    // A stack of what is still to visit instead of recursion: nothing bounds the depth of a tree.
    var open = declaration.nodes.reversed().map { (node: $0, parent: -1, depth: 0) }
    while let (node, parent, depth) = open.popLast() {
      let index = nodes.count
      nodes.append(
        TreeType.Node(name: named(node.name), parent: parent, depth: depth, lastDescendant: index))
      for spelling in [node.name.name.text, node.name.label?.text].compactMap({ $0 }) {
        if let first = names[spelling], first.index != index {
          report(.duplicateName(spelling, at: node.name.name.span, first: first.span))
        } else if names[spelling] == nil {
          names[spelling] = (index, node.name.name.span)
          symbols.owners[spelling, default: []].append(.tree(id))
        }
      }
      open += node.children.reversed().map { (node: $0, parent: index, depth: depth + 1) }
    }
    for index in nodes.indices.reversed() where nodes[index].parent >= 0 {
      let parent = nodes[index].parent
      nodes[parent].lastDescendant = max(nodes[parent].lastDescendant, nodes[index].lastDescendant)
    }
    if nodes.isEmpty { report(.emptyType(declaration.name.name)) }
    program.schema.trees.append(TreeType(name: named(declaration.name), nodes: nodes))
    symbols.treeNodes.append(names.mapValues(\.index))
  }

  /// Enters a type's name and label; false if the name is taken, and that has been reported.
  private mutating func declareType(_ name: LabeledName, _ type: Symbols.TypeSymbol) -> Bool {
    if let first = symbols.types[name.name.text] {
      report(.duplicateName(name.name.text, at: name.name.span, first: first.span))
      return false
    }
    symbols.types[name.name.text] = .init(meaning: type, span: name.name.span)
    if let label = name.label, label.text != name.name.text {
      if let first = symbols.types[label.text] {
        report(.duplicateName(label.text, at: label.span, first: first.span))
      } else {
        symbols.types[label.text] = .init(meaning: type, span: name.name.span)
      }
    }
    return true
  }

  func named(_ name: LabeledName) -> Named { Named(name.name.text, label: name.label?.text) }

  // MARK: Built-in enums

  /// `Currency`: the declared currencies, which `currency(x)` gives.
  private mutating func declareCurrencyEnum() {
    guard symbols.types["Currency"] == nil else { return }
    let id = addEnum(
      EnumType(
        name: Named("Currency", label: "币种"), isOrdered: false,
        members: program.schema.currencies.map { Named($0) }))
    for name in ["Currency", "币种"] where symbols.types[name] == nil {
      symbols.types[name] = .init(meaning: .enumeration(id), span: nil)
    }
    symbols.currencyEnum = id
  }

  /// What decisions answer: found by the expected type only, so their names are taken from no one.
  private mutating func declareAnswerEnums() {
    func type(_ name: Named, _ members: [Named]) -> EnumType {
      EnumType(name: name, isOrdered: false, members: members)
    }
    symbols.permission = addAnswer(
      type(
        Named("Permission", label: "许可"),
        [Named("permitted", label: "准许"), Named("refused", label: "不准")]))
    symbols.verdict = addAnswer(
      type(
        Named("Verdict", label: "审批结论"),
        [
          Named("allowed", label: "允许"), Named("approval", label: "需审批"),
          Named("forbidden", label: "已禁止"),
        ]))
    symbols.matchResult = addAnswer(
      type(
        Named("MatchResult", label: "判重结果"),
        [
          Named("certain", label: "确定重复"), Named("suspected", label: "疑似"),
          Named("none", label: "无"),
        ]))
    symbols.requirement = addAnswer(
      type(
        Named("Requirement", label: "校验结果"),
        [Named("held", label: "通过"), Named("failed", label: "未通过")]))
  }

  /// As `addEnum`, but its members are never found without an expected type.
  private mutating func addAnswer(_ type: EnumType) -> EnumID {
    let owners = symbols.owners
    let id = addEnum(type)
    symbols.owners = owners
    return id
  }
}
