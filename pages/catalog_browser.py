import streamlit as st

st.title("catalog_browser")
