; WaltzDB for CLIPS: the rules of playground/classics/waltzdb, pattern for pattern.

(deftemplate stage (slot value))
(deftemplate line (slot p1) (slot p2))
(deftemplate label (slot type) (slot name) (slot id) (slot n1) (slot n2) (slot n3 (default none)))
(deftemplate edge (slot p1) (slot p2) (slot joined (default no)) (slot type (default none)))
(deftemplate junction (slot type) (slot name) (slot base_point) (slot p1) (slot p2)
  (slot p3 (default none)) (slot visited (default no)))
(deftemplate edge_label (slot p1) (slot p2) (slot l_name) (slot l_id))
(deftemplate illegal (slot bp) (slot l_id))

(deffunction across (?b ?p ?q)
  (bind ?x (div ?b 10000)) (bind ?y (mod ?b 10000))
  (- (* (- (div ?p 10000) ?x) (- (mod ?q 10000) ?y)) (* (- (mod ?p 10000) ?y) (- (div ?q 10000) ?x))))
(deffunction along (?b ?p ?q)
  (bind ?x (div ?b 10000)) (bind ?y (mod ?b 10000))
  (+ (* (- (div ?p 10000) ?x) (- (div ?q 10000) ?x)) (* (- (mod ?p 10000) ?y) (- (mod ?q 10000) ?y))))
(deffunction cosine (?b ?p ?q)
  (bind ?d (along ?b ?p ?q))
  (* ?d (abs ?d)))
(deffunction is-wider (?b ?p ?q ?r)
  (< (* (cosine ?b ?p ?q) (along ?b ?r ?r)) (* (cosine ?b ?p ?r) (along ?b ?q ?q))))
(deffunction is-turn (?b ?p ?q ?r)
  (and (> (across ?b ?p ?q) 0) (> (across ?b ?q ?r) 0)
       (or (<= (across ?b ?r ?p) 0)
           (and (not (is-wider ?b ?p ?q ?r)) (is-wider ?b ?r ?p ?q)))))
(deffunction shape (?b ?p ?r)
  (bind ?a (across ?b ?r ?p))
  (if (= ?a 0) then tee else (if (< ?a 0) then arrow else fork)))

(defrule reverse_edges
  (stage (value duplicate))
  ?l <- (line (p1 ?p1) (p2 ?p2))
  =>
  (assert (edge (p1 ?p1) (p2 ?p2)))
  (assert (edge (p1 ?p2) (p2 ?p1)))
  (retract ?l))
(defrule done_reversing
  (declare (salience -1))
  ?x <- (stage (value duplicate))
  =>
  (modify ?x (value detect_junctions)))
(defrule make_3_junction
  (stage (value detect_junctions))
  ?e <- (edge (p1 ?b) (p2 ?p1) (joined no))
  ?f <- (edge (p1 ?b) (p2 ?p2&~?p1) (joined no))
  ?g <- (edge (p1 ?b) (p2 ?p3&~?p1&~?p2) (joined no))
  (test (is-turn ?b ?p1 ?p2 ?p3))
  =>
  (assert (junction (type 3j) (name (shape ?b ?p1 ?p3)) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3)))
  (modify ?e (joined yes) (type 3j))
  (modify ?f (joined yes) (type 3j))
  (modify ?g (joined yes) (type 3j)))
(defrule make_L
  (stage (value detect_junctions))
  ?e <- (edge (p1 ?b) (p2 ?p1) (joined no))
  ?f <- (edge (p1 ?b) (p2 ?p2&:(> ?p2 ?p1)) (joined no))
  (not (edge (p1 ?b) (p2 ~?p1&~?p2)))
  =>
  (assert (junction (type 2j) (name L) (base_point ?b) (p1 ?p1) (p2 ?p2)))
  (modify ?e (joined yes) (type 2j))
  (modify ?f (joined yes) (type 2j)))
(defrule done_detecting
  (declare (salience -1))
  ?x <- (stage (value detect_junctions))
  =>
  (modify ?x (value find_initial_boundary)))
(defrule initial_boundary_junction_L
  ?x <- (stage (value find_initial_boundary))
  ?j <- (junction (name L) (base_point ?b) (p1 ?p1) (p2 ?p2))
  (not (junction (base_point ?o&:(> ?o ?b))))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name B) (l_id 1)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name B) (l_id 1)))
  (modify ?j (visited yes))
  (modify ?x (value find_second_boundary)))
(defrule initial_boundary_junction_arrow
  ?x <- (stage (value find_initial_boundary))
  ?j <- (junction (name arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (not (junction (base_point ?o&:(> ?o ?b))))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name B) (l_id 14)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name +) (l_id 14)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name B) (l_id 14)))
  (modify ?j (visited yes))
  (modify ?x (value find_second_boundary)))
(defrule second_boundary_junction_L
  ?x <- (stage (value find_second_boundary))
  ?j <- (junction (name L) (base_point ?b) (p1 ?p1) (p2 ?p2))
  (not (junction (base_point ?o&:(< ?o ?b))))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name B) (l_id 1)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name B) (l_id 1)))
  (modify ?j (visited yes))
  (modify ?x (value labeling)))
(defrule second_boundary_junction_arrow
  ?x <- (stage (value find_second_boundary))
  ?j <- (junction (name arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (not (junction (base_point ?o&:(< ?o ?b))))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name B) (l_id 14)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name +) (l_id 14)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name B) (l_id 14)))
  (modify ?j (visited yes))
  (modify ?x (value labeling)))
(defrule start_visit_3_junction
  ?x <- (stage (value labeling))
  ?j <- (junction (type 3j) (visited no))
  =>
  (modify ?x (value visiting_3j))
  (modify ?j (visited now)))
(defrule start_visit_2_junction
  ?x <- (stage (value labeling))
  ?j <- (junction (type 2j) (visited no))
  =>
  (modify ?x (value visiting_2j))
  (modify ?j (visited now)))
(defrule visit_3j_0
  (stage (value visiting_3j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2) (n3 ?n3))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (not (edge_label (p1 ?p1) (p2 ?b)))
  (not (edge_label (p1 ?p2) (p2 ?b)))
  (not (edge_label (p1 ?p3) (p2 ?b)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name ?n3) (l_id ?id))))
(defrule visit_3j_1
  (stage (value visiting_3j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2) (n3 ?n3))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (not (edge_label (p1 ?p1) (p2 ?b)))
  (not (edge_label (p1 ?p2) (p2 ?b)))
  (exists (edge_label (p1 ?p3) (p2 ?b) (l_name ?n3)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name ?n3) (l_id ?id))))
(defrule visit_3j_2
  (stage (value visiting_3j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2) (n3 ?n3))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (not (edge_label (p1 ?p1) (p2 ?b)))
  (exists (edge_label (p1 ?p2) (p2 ?b) (l_name ?n2)))
  (not (edge_label (p1 ?p3) (p2 ?b)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name ?n3) (l_id ?id))))
(defrule visit_3j_3
  (stage (value visiting_3j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2) (n3 ?n3))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (not (edge_label (p1 ?p1) (p2 ?b)))
  (exists (edge_label (p1 ?p2) (p2 ?b) (l_name ?n2)))
  (exists (edge_label (p1 ?p3) (p2 ?b) (l_name ?n3)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name ?n3) (l_id ?id))))
(defrule visit_3j_4
  (stage (value visiting_3j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2) (n3 ?n3))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (exists (edge_label (p1 ?p1) (p2 ?b) (l_name ?n1)))
  (not (edge_label (p1 ?p2) (p2 ?b)))
  (not (edge_label (p1 ?p3) (p2 ?b)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name ?n3) (l_id ?id))))
(defrule visit_3j_5
  (stage (value visiting_3j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2) (n3 ?n3))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (exists (edge_label (p1 ?p1) (p2 ?b) (l_name ?n1)))
  (not (edge_label (p1 ?p2) (p2 ?b)))
  (exists (edge_label (p1 ?p3) (p2 ?b) (l_name ?n3)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name ?n3) (l_id ?id))))
(defrule visit_3j_6
  (stage (value visiting_3j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2) (n3 ?n3))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (exists (edge_label (p1 ?p1) (p2 ?b) (l_name ?n1)))
  (exists (edge_label (p1 ?p2) (p2 ?b) (l_name ?n2)))
  (not (edge_label (p1 ?p3) (p2 ?b)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name ?n3) (l_id ?id))))
(defrule visit_3j_7
  (stage (value visiting_3j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2) (n3 ?n3))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (exists (edge_label (p1 ?p1) (p2 ?b) (l_name ?n1)))
  (exists (edge_label (p1 ?p2) (p2 ?b) (l_name ?n2)))
  (exists (edge_label (p1 ?p3) (p2 ?b) (l_name ?n3)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p3) (l_name ?n3) (l_id ?id))))
(defrule visit_2j_0
  (stage (value visiting_2j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (not (edge_label (p1 ?p1) (p2 ?b)))
  (not (edge_label (p1 ?p2) (p2 ?b)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id))))
(defrule visit_2j_1
  (stage (value visiting_2j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (not (edge_label (p1 ?p1) (p2 ?b)))
  (exists (edge_label (p1 ?p2) (p2 ?b) (l_name ?n2)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id))))
(defrule visit_2j_2
  (stage (value visiting_2j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (exists (edge_label (p1 ?p1) (p2 ?b) (l_name ?n1)))
  (not (edge_label (p1 ?p2) (p2 ?b)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id))))
(defrule visit_2j_3
  (stage (value visiting_2j))
  (junction (visited now) (name ?name) (base_point ?b) (p1 ?p1) (p2 ?p2))
  (label (name ?name) (id ?id) (n1 ?n1) (n2 ?n2))
  (not (edge_label (p1 ?b) (l_id ?id)))
  (exists (edge_label (p1 ?p1) (p2 ?b) (l_name ?n1)))
  (exists (edge_label (p1 ?p2) (p2 ?b) (l_name ?n2)))
  =>
  (assert (edge_label (p1 ?b) (p2 ?p1) (l_name ?n1) (l_id ?id)))
  (assert (edge_label (p1 ?b) (p2 ?p2) (l_name ?n2) (l_id ?id))))
(defrule end_visit
  (declare (salience -1))
  ?x <- (stage (value visiting_3j|visiting_2j))
  (junction (visited now))
  =>
  (modify ?x (value marking)))
(defrule marking
  (stage (value marking))
  (junction (visited now) (base_point ?b))
  (edge (p1 ?p) (p2 ?b))
  ?k <- (junction (base_point ?p) (visited yes))
  =>
  (modify ?k (visited check)))
(defrule stop_marking
  (declare (salience -1))
  (stage (value marking))
  ?j <- (junction (visited now))
  =>
  (modify ?j (visited yes)))
(defrule start_checking
  (declare (salience -2))
  ?x <- (stage (value marking))
  =>
  (modify ?x (value checking)))
(defrule checking1
  ?x <- (stage (value checking))
  (junction (visited check) (base_point ?b))
  (edge_label (p1 ?b) (p2 ?p) (l_name ?n) (l_id ?id))
  (junction (base_point ?p) (visited yes))
  (not (edge_label (p1 ?p) (p2 ?b) (l_name ?n)))
  =>
  (assert (illegal (bp ?b) (l_id ?id)))
  (modify ?x (value remove_label)))
(defrule remove_label_3j
  ?x <- (stage (value remove_label))
  ?i <- (illegal (bp ?b) (l_id ?id))
  (junction (type 3j) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?e <- (edge_label (p1 ?b) (p2 ?p1) (l_id ?id))
  ?f <- (edge_label (p1 ?b) (p2 ?p2) (l_id ?id))
  ?g <- (edge_label (p1 ?b) (p2 ?p3) (l_id ?id))
  =>
  (retract ?i ?e ?f ?g)
  (modify ?x (value checking)))
(defrule remove_edge_2j
  ?x <- (stage (value remove_label))
  ?i <- (illegal (bp ?b) (l_id ?id))
  (junction (type 2j) (base_point ?b) (p1 ?p1) (p2 ?p2))
  ?e <- (edge_label (p1 ?b) (p2 ?p1) (l_id ?id))
  ?f <- (edge_label (p1 ?b) (p2 ?p2) (l_id ?id))
  =>
  (retract ?i ?e ?f)
  (modify ?x (value checking)))
(defrule checking2
  (declare (salience -1))
  (stage (value checking))
  ?j <- (junction (visited check))
  =>
  (modify ?j (visited yes)))
(defrule stop_checking
  (declare (salience -2))
  ?x <- (stage (value checking))
  =>
  (modify ?x (value labeling)))
(defrule done_labeling
  (declare (salience -2))
  ?x <- (stage (value labeling))
  =>
  (modify ?x (value printing)))
(defrule done
  ?x <- (stage (value printing))
  =>
  (modify ?x (value done)))
