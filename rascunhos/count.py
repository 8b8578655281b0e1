import sys, json
nb=json.load(open(sys.argv[1])); w=l=c=0
for cell in nb["cells"]:
    s="".join(cell["source"])
    if s.startswith("## Vamos exercitar"): break
    if cell["cell_type"]=="markdown": w+=len(s.split())
    else:
        c+=1; l+=len(s.splitlines())
print("words",w,"lines",l,"cells",c)
