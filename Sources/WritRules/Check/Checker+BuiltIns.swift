import WritModel
import WritSyntax
import WritText

// `record Approval`, which every rule set with an authority ladder has.
extension Checker {
  /// Declares `Approval` and `Approver` if a block asks for approvals.
  ///
  /// `of` refers to the record of the first such block; `by` is a rung of any ladder or a party that
  /// any block asks, all of them members of the one enum `Approver`. The fields of `void on` are
  /// kept as they were.
  mutating func declareBuiltIns() {
    var blocks: [DiscountDeclaration] = []
    for unit in units {
      if case .authorizeDiscount(let block) = unit.declaration.kind { blocks.append(block) }
    }
    guard let first = blocks.first, symbols.types["Approval"] == nil,
      case .record(let of)? = symbols.types[first.record.text]?.meaning
    else { return }
    let approver = declareApprover(blocks)
    let id = RecordID(program.schema.records.count)
    symbols.types["Approval"] = .init(meaning: .record(id), span: nil)
    symbols.approval = id
    symbols.members.append([:])
    program.schema.records.append(
      RecordType(name: Named("Approval", label: "审批"), fields: [], key: [], called: nil))
    addField(Named("of", label: "对象"), .record(of), to: id, at: first.record.span)
    addField(Named("tests", label: "事项"), .text, to: id, at: first.record.span)
    addField(
      Named("value", label: "数值"), testedType(first, of), to: id, at: first.record.span)
    addField(Named("by", label: "审批人"), .member(approver), to: id, at: first.record.span)
    addField(Named("on", label: "日期"), .date, to: id, at: first.record.span)
    addField(Named("until", label: "截至"), .date, isOptional: true, to: id, at: first.record.span)
    for path in first.voidOn {
      guard case .name(let name) = path.kind,
        case .field(let field)? = symbols.members[Int(of.index)][name.text]?.meaning
      else { continue }
      let watched = program.schema[field]
      if symbols.members[Int(id.index)][watched.name.name] != nil { continue }
      addField(watched.name, watched.type, isOptional: true, to: id, at: name.span)
    }
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

  private mutating func addField(
    _ name: Named, _ type: ValueType, isOptional: Bool = false, to record: RecordID, at span: Span
  ) {
    let id = FieldID(program.schema.fields.count)
    let column = program.schema[record].fields.count
    program.schema.fields.append(
      Field(
        name: name, record: record, type: type, isOptional: isOptional, column: column,
        initial: nil, partAs: nil))
    program.schema.records[Int(record.index)].fields.append(id)
    declareMember(name, of: record, as: .field(id), at: span)
  }
}
