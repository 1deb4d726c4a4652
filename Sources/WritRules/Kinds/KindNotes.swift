import WritModel
import WritSyntax
import WritText

/// What the kinds of rule leave for each other while a rule set is checked.
struct KindNotes {
  /// Rules written into an `expect check`, checked beside those of the files.
  var extra: [Declaration] = []
  /// Whether tests and what only tools read are left out (an `expect check` checks rules alone).
  var leavesOutTests = false
  /// Ends of their ranges that stand for the values of params, by the places of their names.
  var ends: [Span: Expression] = [:]
  /// The value of each measure.
  var measures: [UnitID: TermID] = [:]
  /// How many gathers there were before tests and measures were lowered.
  var gathersBefore = 0
  /// The titles of measures and experiments.
  var measureTitles: [String: Span] = [:]
  var experimentTitles: [String: Span] = [:]
  /// `floor … ask ROLE`: who has to be asked about a record, by the record of the discount.
  var asks: [RecordID: [Ask]] = [:]
  /// `line.price` or `line.dealer`, by the unit of the block.
  var priceNames: [UnitID: DerivedID] = [:]
  /// `quote.discount_verdict`, by the unit of the block.
  var verdicts: [UnitID: DerivedID] = [:]
  /// `quote.price`: the fields that make a line a part, and the name of the sum.
  var wholeNames: [UnitID: [(FieldID, DerivedID)]] = [:]
  /// The names of the other blocks' answers, by unit.
  var territories: [UnitID: DerivedID] = [:]
  /// What one of several territories can be asked for, by the name of the list.
  var columns: [DerivedID: TerritoryColumns] = [:]
  var assignees: [UnitID: DerivedID] = [:]
  var matches: [UnitID: (match: DerivedID, matched: DerivedID)] = [:]
  var splits: [UnitID: DerivedID] = [:]
  /// The titles of requires, changes and alerts.
  var requires: [String: Span] = [:]
  var changes: [String: Span] = [:]
  var alerts: [String: Span] = [:]
  /// What a change or an alert became.
  var productions: [UnitID: ProductionID] = [:]
  /// The decision that a require stops.
  var stopped: [UnitID: DerivedID] = [:]
  /// Labels of decisions' names, given where nothing else of the record has them.
  var labels: [(record: RecordID, label: String, id: DerivedID)] = []
  /// The fields of `Approval`: which record it is of, the value by what is tested, and the copies
  /// of watched fields.
  var approvalOf: [RecordID: FieldID] = [:]
  var approvalValue: [Tested: FieldID] = [:]
  var approvalCopies: [FieldID: FieldID] = [:]
  /// The enum of what is tested, and its member for each attribute.
  var tested: EnumID?
  var testedNames: [Tested: String] = [:]
  /// Who set a field by an `assign`, to find a second block that does.
  var setters: [FieldID: Span] = [:]

  /// An attribute that somebody authorizes.
  struct Tested: Hashable {
    var record: RecordID
    var attribute: String
  }

  /// A price floor that asks somebody.
  struct Ask {
    var rule: RuleID
    /// Over slot 0, the record that is approved as a whole.
    var term: TermID
    var who: Constant
  }
}

extension Checker {
  /// Adds the rules of an `expect check`, and leaves out what it does not look at.
  mutating func adjustUnits() {
    if kinds.leavesOutTests {
      units.removeAll { unit in
        switch unit.declaration.kind {
        case .test, .variant, .experiment: true
        default: false
        }
      }
    }
    for declaration in kinds.extra { addUnit(declaration) }
  }
}
