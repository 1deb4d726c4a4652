import WritModel
import WritSyntax
import WritText

/// A name that some unit makes a value for: a `define`, a table, a decision (`account.territory`),
/// a price mark, or a part of one (`territory.owner`, `credit.rep`, `t(…).rate`).
///
/// It is declared before anything is lowered and bound to its attribute while its unit is lowered.
/// A name is readable from the moment it is bound, even while its unit goes on, so a price step may
/// read what an earlier step of the same block made.
struct Derived {
  enum Value {
    /// Not lowered yet.
    case waiting
    case attribute(AttributeID)
    /// A constant, put in place wherever it is read.
    case term(TermID)
    /// Its unit failed, and that has been reported.
    case broken
  }
  var name: Named
  var unit: UnitID
  /// What it is read from: the record, or the arguments of a function, table or predicate.
  var parameters: [ValueType]
  /// The names of the parameters of a function or table.
  var parameterNames: [String] = []
  var value = Value.waiting
  /// Names readable from it with a point; they take the same arguments.
  var parts: [String: DerivedID] = [:]
  /// Whether anything reads it.
  var isRead = false
  /// `lead.assignee`: may not be read by a `change` or an `assign` (decided later).
  var isAssignment = false
  /// Where the name is written.
  var span: Span
}

extension Checker {
  /// Declares a name that every record of a type has: `lead.assignee`, `account.grade`.
  @discardableResult
  mutating func declare(
    _ name: LabeledName, of record: RecordID, by unit: UnitID
  ) -> DerivedID {
    declare(
      Named(name.name.text, label: name.label?.text), of: record, by: unit, at: name.name.span)
  }

  /// Declares a name that every record of a type has, where no one wrote the name.
  @discardableResult
  mutating func declare(
    _ name: Named, of record: RecordID, by unit: UnitID, at span: Span
  ) -> DerivedID {
    let id = add(Derived(name: name, unit: unit, parameters: [.record(record)], span: span))
    declareMember(name, of: record, as: .derived(id), at: span)
    return id
  }

  /// Declares a name readable with a point from another: `territory.owner`, `dealer.regular`.
  @discardableResult
  mutating func declare(part name: Named, of whole: DerivedID, at span: Span) -> DerivedID {
    let owner = self[whole]
    let id = add(Derived(name: name, unit: owner.unit, parameters: owner.parameters, span: span))
    for spelling in [name.name, name.label].compactMap({ $0 }) {
      if derived[Int(whole.index)].parts.updateValue(id, forKey: spelling) != nil {
        report(.duplicateName(spelling, at: span, first: owner.span))
      }
    }
    return id
  }

  /// Declares a function, a table, a predicate or (without parameters) a constant.
  @discardableResult
  mutating func declareGlobal(
    _ name: Named, parameters: [ValueType], parameterNames: [String] = [], by unit: UnitID,
    at span: Span
  ) -> DerivedID {
    let id = add(
      Derived(
        name: name, unit: unit, parameters: parameters, parameterNames: parameterNames, span: span))
    declareGlobalSymbol(name, .derived(id), at: span)
    return id
  }

  /// Binds a declared name to its attribute; from now on it can be read.
  mutating func bind(_ id: DerivedID, to attribute: AttributeID) {
    derived[Int(id.index)].value = .attribute(attribute)
    let names = derived[Int(id.index)].parameterNames
    if !names.isEmpty {
      program.attributes[Int(attribute.index)].parameterNames = names.map { Named($0) }
    }
  }

  /// Binds a declared name to a constant term.
  mutating func bind(_ id: DerivedID, to term: TermID) {
    derived[Int(id.index)].value = .term(term)
  }

  subscript(id: DerivedID) -> Derived { derived[Int(id.index)] }

  private mutating func add(_ name: Derived) -> DerivedID {
    derived.append(name)
    let id = DerivedID(derived.count - 1)
    if symbols.firstDerived[name.unit] == nil { symbols.firstDerived[name.unit] = id }
    return id
  }

  /// The term that reads a derived name at its arguments, lowering its unit first if need be.
  mutating func read(
    _ id: DerivedID, _ arguments: [TermID], in scope: Scope, at span: Span
  ) -> TermID {
    derived[Int(id.index)].isRead = true
    if case .waiting = self[id].value {
      let unit = self[id].unit
      if units[Int(unit.index)].state == .waiting {
        lower(unit)
      } else if units[Int(unit.index)].state == .running {
        reportCircle(to: unit, at: span)
        return unknown
      }
    }
    switch self[id].value {
    case .attribute(let attribute):
      return term(
        .attribute(attribute, arguments, asOf: scope.asOf), type: program[attribute].type)
    case .term(let term): return term
    case .waiting, .broken: return unknown
    }
  }

  /// Wraps the answer of a decision in the requires that stop it. Call it before binding `id`.
  mutating func stopped(_ answer: TermID, for id: DerivedID) -> TermID {
    var result = answer
    for unit in stoppers[id] ?? [] {
      if stops[unit] == nil { lower(unit) }
      guard let stop = stops[unit] else { continue }
      // Where there is no answer anyway, there is nothing to stop.
      let condition = all([isKnown(answer), stop.condition])
      result = term(
        .operation(.stoppedBy(stop.rule), [condition, result]), type: type(of: answer))
    }
    return result
  }
}
