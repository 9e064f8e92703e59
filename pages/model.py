from advisor.ui import model_page
from advisor.ui.navigation import link

link("catalog", "Catalog", icon=":material/arrow_back:")
model = model_page.chosen_model()
if model is not None:
    model_page.overview(model)
    model_page.prices(model)
    model_page.estimates(model)
    model_page.facts(model)
