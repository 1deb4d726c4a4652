public import WritModel
public import WritText

/// A `test` block, resolved: what is given, done and expected.
public struct TestCase: Sendable {
  /// One line of a test, checked.
  public struct Step: Sendable {
    /// What the line does.
    public enum Kind: Sendable {
      case given(Given)
      /// Records the assignments of a decision for these records, or for all when empty.
      case commit(DecisionID?, [RecordReference])
      case set(RecordReference, FieldID, Given.FieldValue)
      case expect(Expected)
      /// A row of `examples`: its record stands alone for this row. It is added (a key that was not
      /// given is made up), slot 0 of each question holds it, and it is taken away again.
      case example(Given, [Expected])
      /// `expect check { … } is error "code" because "…", "…"`: what checking the inline rules gave.
      /// Each of the texts stands in some message of that code.
      case expectCheck(
        code: String, severity: Severity, because: [String], found: [Diagnostic])
      /// A construct that this build checks but does not run; counted as not run.
      case notRun(String)
    }
    public var kind: Kind
    public var span: Span

    public init(_ kind: Kind, at span: Span) {
      self.kind = kind
      self.span = span
    }
  }
  /// One record to add. Fields that are not listed are *not given* unless they have a default.
  public struct Given: Sendable {
    /// What a field is given: a value, or records by their keys, which the store resolves.
    public enum FieldValue: Sendable {
      /// A term without slots.
      case term(TermID)
      case reference(RecordReference)
      case references([RecordReference])
    }
    public var record: RecordID
    public var fields: [(FieldID, FieldValue)]

    public init(record: RecordID, fields: [(FieldID, FieldValue)]) {
      self.record = record
      self.fields = fields
    }
  }
  /// What an `expect` asks and the answer that it wants.
  public struct Expected: Sendable {
    /// What is asked about: any value, or a decision for its records.
    public enum Subject: Sendable {
      /// A term without slots but for `records`, which fill slots 0….
      case term(TermID, records: [RecordReference])
      case decision(DecisionID, [RecordReference])
      /// Whether an alert is raised for these records, in the order of its patterns.
      case alert(ProductionID, [RecordReference])
    }
    /// The wanted answer.
    public enum Answer: Sendable {
      /// Compared by value. `permitted`, `allowed`, `certain` … are members of the answer's enum; a
      /// rule (`account.territory`) is compared by its title, a text; several rules by a list of
      /// titles in any order.
      case value(TermID)
      case reference(RecordReference)
      case outcome(Outcome)
      case parts
      case hidden
    }
    /// The words that stand where a value would.
    public enum Outcome: Hashable, Sendable {
      case none, tied, undetermined, fault, missing
      case permitted, refused, allowed, approval, forbidden
      case certain, suspected, failed, held, raised
    }
    /// `{ regular 120 }`: a value beside the answer.
    public struct Part: Sendable {
      public var name: String
      public var attribute: AttributeID?
      public var value: TermID

      public init(name: String, attribute: AttributeID?, value: TermID) {
        self.name = name
        self.attribute = attribute
        self.value = value
      }
    }
    public var subject: Subject
    public var asOf: TermID?
    /// A party, or a record.
    public var viewer: Viewer?
    public var answer: Answer
    public var parts: [Part]
    public var approvers: [Constant]
    public var by: String?
    public var over: [String]
    public var because: String?
    /// The question and the answer as written, for messages.
    public var text: String

    /// `as finance`, `as Rep "R1"`: for whom the answer is shown.
    public enum Viewer: Sendable {
      case party(Constant)
      case record(RecordReference)
    }

    public init(
      subject: Subject, asOf: TermID? = nil, viewer: Viewer? = nil, answer: Answer,
      parts: [Part] = [], approvers: [Constant] = [], by: String? = nil, over: [String] = [],
      because: String? = nil, text: String
    ) {
      self.subject = subject
      self.asOf = asOf
      self.viewer = viewer
      self.answer = answer
      self.parts = parts
      self.approvers = approvers
      self.by = by
      self.over = over
      self.because = because
      self.text = text
    }
  }
  public var title: String
  public var asOf: TermID?
  public var steps: [Step]
  public var span: Span

  public init(title: String, asOf: TermID?, steps: [Step], span: Span) {
    self.title = title
    self.asOf = asOf
    self.steps = steps
    self.span = span
  }
}

/// `Rep "李雷"`: a record by its key or by what it is called; found when the data are there.
public struct RecordReference: Hashable, Sendable {
  public var record: RecordID
  public var keys: [String]
  public var span: Span

  public init(record: RecordID, keys: [String], span: Span) {
    self.record = record
    self.keys = keys
    self.span = span
  }
}
