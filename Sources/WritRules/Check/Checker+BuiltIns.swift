import WritModel
import WritSyntax
import WritText

// `record Approval`, which every rule set with an authority ladder has.
extension Checker {
  /// Declares `Approval`, `Approver` and `Tested` if a block asks for approvals.
  ///
  /// `of` is a record of any such block, `tests` one of the attributes that are authorized, `value`
  /// is of its type; `by` is a rung of any ladder or a party that any block or price floor asks. The
  /// fields of `void on` are kept as they were. Where two blocks differ in the record or the type
  /// there are several fields behind the one name (`of`, `of Order`): a `given` finds the right one.
  mutating func declareBuiltIns() {
    var blocks: [(declaration: DiscountDeclaration, record: RecordID)] = []
    for unit in units {
      if case .authorizeDiscount(let block) = unit.declaration.kind,
        case .record(let record)? = symbols.types[block.record.text]?.meaning
      {
        blocks.append((block, record))
      }
    }
    guard let first = blocks.first?.declaration else { return }
    if let taken = symbols.types["Approval"] {
      report(.approvalIsBuiltIn(at: taken.span ?? first.record.span))
      return
    }
    let approver = declareApprover(blocks.map(\.declaration))
    let tested = declareTested(blocks)
    let id = RecordID(program.schema.records.count)
    symbols.types["Approval"] = .init(meaning: .record(id), span: nil)
    if symbols.types["审批"] == nil {
      symbols.types["审批"] = .init(meaning: .record(id), span: nil)
    }
    symbols.approval = id
    symbols.members.append([:])
    program.schema.records.append(
      RecordType(name: Named("Approval", label: "审批"), fields: [], key: [], called: nil))
    let span = first.record.span
    let records = blocks.map(\.record)
    for record in records where kinds.approvalOf[record] == nil {
      let isFirst = kinds.approvalOf.isEmpty
      kinds.approvalOf[record] = addField(
        isFirst
          ? Named("of", label: "对象") : Named("of \(program.schema[record].name.name)"),
        .record(record), isOptional: records.contains { $0 != record }, to: id, at: span)
    }
    addField(Named("tests", label: "事项"), .member(tested), to: id, at: span)
    declareValues(blocks, of: id, at: span)
    addField(Named("by", label: "审批人"), .member(approver), to: id, at: span)
    addField(Named("on", label: "日期"), .date, to: id, at: span)
    addField(Named("until", label: "截至"), .date, isOptional: true, to: id, at: span)
    for (block, record) in blocks {
      for path in block.voidOn {
        guard case .name(let name) = path.kind,
          case .field(let field)? = symbols.members[Int(record.index)][name.text]?.meaning,
          kinds.approvalCopies[field] == nil
        else { continue }
        let watched = program.schema[field]
        let isFree = symbols.members[Int(id.index)][watched.name.name] == nil
        let owner = program.schema[record].name.name
        kinds.approvalCopies[field] = addField(
          isFree ? watched.name : Named("\(watched.name.name) of \(owner)"), watched.type,
          isOptional: true, to: id, at: name.span)
      }
    }
  }

  /// `value`, once for each type of what is tested.
  private mutating func declareValues(
    _ blocks: [(declaration: DiscountDeclaration, record: RecordID)], of approval: RecordID,
    at span: Span
  ) {
    var made: [(type: ValueType, field: FieldID)] = []
    let types = blocks.map { testedType($0.declaration, $0.record) }
    for (block, type) in zip(blocks, types) {
      let key = KindNotes.Tested(record: block.record, attribute: block.declaration.attribute.text)
      if let known = made.first(where: { $0.type == type }) {
        kinds.approvalValue[key] = known.field
        continue
      }
      let name =
        made.isEmpty
        ? Named("value", label: "数值") : Named("value of \(block.declaration.attribute.text)")
      let field = addField(
        name, type, isOptional: types.contains { $0 != type }, to: approval, at: span)
      made.append((type, field))
      kinds.approvalValue[key] = field
    }
  }

  /// The attributes that are authorized, members of the built-in enum `Tested`.
  private mutating func declareTested(
    _ blocks: [(declaration: DiscountDeclaration, record: RecordID)]
  ) -> EnumID {
    var members: [Named] = []
    for (block, record) in blocks {
      var name = Named(block.attribute.text)
      if case .field(let field)? = symbols.members[Int(record.index)][name.name]?.meaning {
        name = program.schema[field].name
      }
      kinds.testedNames[.init(record: record, attribute: block.attribute.text)] = name.name
      if !members.contains(where: { $0.name == name.name }) { members.append(name) }
    }
    let owners = symbols.owners
    let id = addEnum(
      EnumType(name: Named("Tested", label: "审批事项"), isOrdered: false, members: members))
    symbols.owners = owners
    kinds.tested = id
    return id
  }

  private mutating func declareApprover(_ blocks: [DiscountDeclaration]) -> EnumID {
    var members: [Named] = []
    func add(_ member: Named) {
      if !members.contains(where: { $0.name == member.name }) { members.append(member) }
    }
    for block in blocks {
      guard case .enumeration(let id)? = symbols.types[block.ladder.text]?.meaning else { continue }
      for member in program.schema[id].members { add(member) }
    }
    for block in blocks {
      for rule in block.rules {
        guard case .also(let parties) = rule.effect else { continue }
        for party in parties {
          let name: String
          switch party.kind {
          case .name(let written): name = written.text
          case .member(_, let written): name = written.text
          default: continue
          }
          for owner in symbols.owners[name] ?? [] {
            guard case .enumeration(let id) = owner,
              let ordinal = symbols.enumMembers[Int(id.index)][name]
            else { continue }
            add(program.schema[id].members[ordinal])
            break
          }
        }
      }
    }
    for unit in units {
      guard case .price(let price) = unit.declaration.kind else { continue }
      for asked in price.steps.flatMap(\.asked) {
        let count = diagnostics.count
        if let member = party(asked), member.value.tag == .member {
          let owner = EnumID(Int(member.value.aux))
          add(program.schema[owner].members[Int(member.value.bits)])
        }
        // It is told where the floor is lowered.
        diagnostics.removeSubrange(count...)
      }
    }
    let owners = symbols.owners
    let id = addEnum(
      EnumType(name: Named("Approver", label: "审批人"), isOrdered: false, members: members))
    symbols.owners = owners
    symbols.approver = id
    return id
  }

  /// The type of what a block tests, as far as its declaration tells.
  private mutating func testedType(_ block: DiscountDeclaration, _ record: RecordID) -> ValueType {
    if case .field(let field)? = symbols.members[Int(record.index)][block.attribute.text]?.meaning {
      return program.schema[field].type
    }
    for unit in units {
      guard case .define(let define) = unit.declaration.kind,
        define.name.name.text == block.attribute.text
          || define.name.label?.text
            == block.attribute.text,
        let owner = define.record, case .record(record)? = symbols.types[owner.text]?.meaning,
        let type = define.type
      else { continue }
      return self.type(type)
    }
    return .percent
  }

  @discardableResult
  private mutating func addField(
    _ name: Named, _ type: ValueType, isOptional: Bool = false, to record: RecordID, at span: Span
  ) -> FieldID {
    let id = FieldID(program.schema.fields.count)
    let column = program.schema[record].fields.count
    program.schema.fields.append(
      Field(
        name: name, record: record, type: type, isOptional: isOptional, column: column,
        initial: nil, partAs: nil))
    program.schema.records[Int(record.index)].fields.append(id)
    declareMember(name, of: record, as: .field(id), at: span)
    return id
  }
}
