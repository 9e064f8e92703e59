from advisor.ui import home_page

home_page.welcome()
home_page.ways_in()
home_page.example()
home_page.journey()
