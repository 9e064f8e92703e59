import streamlit as st

st.title("Agents", anchor=False)
