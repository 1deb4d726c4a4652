import WritModel
import WritSyntax
import WritText

// Records: fields, keys, parts, defaults, and where their data come from.
extension Checker {
  mutating func declareFields() {
    for index in symbols.recordUnits.indices {
      guard
        case .record(let declaration) =
          units[Int(symbols.recordUnits[index].index)].declaration.kind
      else { continue }
      declareFields(of: RecordID(index), declaration)
    }
  }

  private mutating func declareFields(of record: RecordID, _ declaration: RecordDeclaration) {
    var type = program.schema[record]
    var called: Span?
    var names: [String: FieldID] = [:]
    for written in declaration.fields {
      let id = FieldID(program.schema.fields.count)
      let field = Field(
        name: named(written.name), record: record, type: self.type(written.type),
        isOptional: written.type.isOptional, column: type.fields.count, initial: nil,
        partAs: written.partAs.map { named($0) })
      program.schema.fields.append(field)
      type.fields.append(id)
      names[written.name.name.text] = id
      declareMember(field.name, of: record, as: .field(id), at: written.name.name.span)
      if written.isKey {
        if field.isOptional { report(.optionalKey(written.name.name)) }
        type.key.append(id)
      }
      if written.isCalled {
        if let called { report(.secondCalled(written.name.name, first: called)) }
        called = called ?? written.name.name.span
        if field.type != .text { report(.calledNotText(written.name.name)) }
        type.called = type.called ?? id
      }
      if let part = written.partAs {
        if case .record(let whole) = field.type {
          declareMember(
            named(part), of: whole, as: .parts(record, via: id), at: part.name.span)
        } else if field.type != .unknown {
          report(.partOfNoRecord(written.name.name))
        }
      }
    }
    for name in declaration.compositeKey {
      if let id = names[name.text] {
        if !type.key.contains(id) { type.key.append(id) }
      } else {
        report(.unknownName(name, near: near(name.text, in: names.keys)))
      }
    }
    program.schema.records[Int(record.index)] = type
  }

  /// Initial values, once every name stands: `open : number = 0`.
  mutating func resolveDefaults() {
    for index in symbols.recordUnits.indices {
      guard
        case .record(let declaration) =
          units[Int(symbols.recordUnits[index].index)].declaration.kind
      else { continue }
      let fields = program.schema.records[index].fields
      for (id, written) in zip(fields, declaration.fields) {
        guard let initial = written.initial else { continue }
        let type = program.schema[id].type
        if case .missing(nil) = initial.kind, program.schema[id].isOptional {
          let blank = Value.missing(Cause(.blankField, site: Int(id.index)))
          program.schema.fields[Int(id.index)].initial = .value(blank)
          continue
        }
        guard let constant = checkConstant(initial, expecting: type) else { continue }
        if constant.items != nil {
          report(.notConstant(at: initial.span))
        } else if constant.value.tag == .text {
          let symbol = Symbol(Int(constant.value.bits))
          program.schema.fields[Int(id.index)].initial = .text(program.texts.text(of: symbol))
        } else {
          program.schema.fields[Int(id.index)].initial = .value(constant.value)
        }
      }
    }
  }

  // MARK: Types

  /// A type as written; reports what it cannot find and gives `unknown`. Whether it may be missing
  /// is the tree's own word.
  mutating func type(_ tree: TypeTree) -> ValueType {
    switch tree.kind {
    case .text: return .text
    case .number: return .number
    case .integer: return .integer
    case .percent: return .percent
    case .date: return .date
    case .time: return .time
    case .duration: return .duration
    case .yesNo: return .boolean
    case .money(nil): return .money(CurrencyID(0))
    case .money(let name?):
      guard let currency = symbols.currencies[name.text] else {
        report(
          .unknownCurrency(name, near: near(name.text, in: symbols.currencies.keys)))
        return .unknown
      }
      return .money(currency)
    case .moneyAny: return .money(nil)
    case .named(let name):
      switch symbols.types[name.text]?.meaning {
      case .enumeration(let id): return .member(id)
      case .tree(let id): return .node(id)
      case .record(let id): return .record(id)
      case nil:
        report(.unknownType(name, wanted: .type, near: nearTypes(name.text)))
        return .unknown
      }
    case .setOf(let item): return .set(type(item))
    case .listOf(let item): return .list(type(item))
    }
  }

  // MARK: Data

  mutating func lower(_ data: DataDeclaration, unit: UnitID) {
    guard let record = record(data.record) else { return }
    var columns: [DataSource.Column] = []
    var seen: Set<FieldID> = []
    for column in data.columns {
      guard case .field(let id)? = symbols.members[Int(record.index)][column.field.text]?.meaning
      else {
        report(
          .unknownName(
            column.field, near: near(column.field.text, in: fieldNames(of: record))))
        continue
      }
      guard seen.insert(id).inserted else {
        report(.duplicateName(column.field.text, at: column.field.span, first: nil))
        continue
      }
      let form: DataSource.Form? =
        switch column.form {
        case .pattern(let text): .pattern(text.text)
        case .fraction: .fraction
        case .points: .points
        case nil: nil
        }
      checkForm(form, of: id, at: column.field.span)
      var source = DataSource.Column(
        field: id, header: column.header?.text ?? "", form: form,
        missing: column.missing.map(\.text))
      if let first = column.header, let last = column.moreHeaders.last {
        source.keyHeaders = ([first] + column.moreHeaders).map(\.text)
        let wanted = program.schema.columnCount(of: id)
        if source.keyHeaders.count != wanted {
          report(
            .headersOfKey(column.field.text, wanted: wanted, at: first.span.through(last.span)))
        }
      }
      columns.append(source)
    }
    var delimiter: UInt8?
    if let written = data.delimiter {
      let bytes = Array((written.text == "\\t" ? "\t" : written.text).utf8)
      if bytes.count == 1 { delimiter = bytes[0] } else { report(.badDelimiter(written)) }
    }
    program.data.append(
      DataSource(
        record: record, file: data.file.text, columns: columns, missing: data.missing.map(\.text),
        delimiter: delimiter, encoding: data.encoding?.text, hasHeader: data.hasHeader,
        span: units[Int(unit.index)].declaration.span))
  }

  private mutating func checkForm(_ form: DataSource.Form?, of field: FieldID, at span: Span) {
    let type = program.schema[field].type
    let fits =
      switch form {
      case .pattern: type == .date || type == .time
      case .fraction, .points: type == .percent
      case nil: true
      }
    if !fits, type != .unknown { report(.formOfOtherType(at: span)) }
  }

  func fieldNames(of record: RecordID) -> [String] {
    program.schema[record].fields.map { program.schema[$0].name.name }
  }
}
