import streamlit as st

st.title("Self-hosting", anchor=False)
