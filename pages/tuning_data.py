import streamlit as st

st.title("Tuning and data", anchor=False)
