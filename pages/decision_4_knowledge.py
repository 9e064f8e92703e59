from advisor.ui.decision_page import step_page

step_page("knowledge")
