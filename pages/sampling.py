import streamlit as st

from advisor.ui import loaded, sampling_page, state
from advisor.ui.navigation import link

st.title("Sampling lab", anchor=False)
st.markdown(
    "A model draws its next word from a distribution. Three knobs reshape it: turn them and see what can "
    "still be drawn, and how often two draws agree."
)
standing = loaded.standing_of(state.case())
chosen = sampling_page.chosen_distribution(standing)
knob = sampling_page.knobs()
if chosen is not None:
    sampling_page.effect(chosen, knob)
sampling_page.who_takes_them(standing)
link("probe", "Measure it on your prompts with a sweep", icon=":material/science:")
