"""Words that end in a period without ending a sentence, in lower case and without it."""


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Something always follows: a name, a number, another word of the same thing.
LEADS = _words(
    """
    dr mr mrs ms mx prof rev hon capt col gen gov lt maj sen sgt st ste mt messrs pres rep atty mlle mme hr fr
    frl dipl ing univ vet pt pts sr sra srta dott sig no nos nr nrn fig figs abb abs abschn anl anm art arts
    aufl aufs bd bde bl ch chap cl coll ed eds eq eqs ex gl lit ll p pp pag par para pars pos ref refs rn rdnr
    rz sec secs sect ss tab taf tit tz vol vols ziff zif nn num núm cap cf cfr vgl vs v resp bzw bspw insb inkl
    exkl einschl sog ggf gem i.s.d i.v.m i.s.v i.h.v i.d.f i.d.r i.v i.e e.g z.b z.t u.a d.h o.g s.o s.u v.a i.ü
    p.ej i.a u.u a.a.o urt beschl bschl az aktz verf begr entspr hinw rspr ständ amtl bek erl nds approx ca
    circa max min avg temp wt ht hx dx rx sx tx fx abd bilat cont dec inc incl esp hosp neg rt lat sup inf vit
    subcut inj tabs caps sol susp syr i.m s.c p.o p.r s.l var subsp sp spp strept staph dept ext est tel fax e
    mail attn c.o w.r.t viz namely mind mio mrd tsd str stk rd ave blvd hwy u.s.c f.2d f.3d cir supp stat app
    cal ct const amdt cong rec fed crim civ proc evid educ ann id allg öffentl rechtl jew zzgl abzgl evtl ev geb
    gest verh env art. jan feb mar apr jun jul aug sep sept oct okt nov dez déc
    """
)
#: Those that are words of their own, too, as in "Is it new? No. It is not."
ALSO_WORDS = _words(
    """
    no max min ex col id ed rec mind fed mail art cap sup par env sol gem const tab tabs cal inf dec mar cont
    temp fig figs chap app ca
    """
)
#: A sentence may end with it, if a word that begins sentences is behind it: else a name goes on.
IN_NAMES = _words(
    """
    al inc ltd co corp llc plc gmbh ag jr sr esq ff f bldg int natl assn dist ibid cit m.w.n
    """
)
#: A sentence may end with it, and has where a capital or a number is behind it.
ENDS = _words(
    """
    etc usw usf dgl o.ä o.dgl u.ä p.m a.m b.i.d t.i.d q.i.d q.d p.r.n b.d o.d n.chr v.chr b.c a.d
    """
)
#: Parts of dates that an ordinal stands before.
MONTHS = _words(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember jan feb mär apr
    jun jul aug sep sept okt nov dez january february march may june july october december januari februari
    maart mei augustus janvier février mars avril juin juillet août septembre octobre novembre décembre marts
    maj tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta
    lokakuuta ledna února března dubna května června července srpna září října listopadu prosince
    """
)
#: A number with a period behind one of these is an ordinal, as in "am 3. Tag".
BEFORE_ORDINALS = _words(
    """
    am vom zum beim im ab bis seit der die das dem den des ein eine einen einem einer jede jeden jedem jeder und
    oder ihr ihre ihren sein seine seinen seinem nach vor den. zur auf in an von für mit
    """
)
#: A letter behind a number with which a sentence may end: 38.5 C.
UNITS = _words("c f g h k l m")
#: Words a sentence often begins with, and a name does not.
STARTERS = _words(
    """
    the a an this that these those it he she we they i you there here in on at for from with without by as if
    when while after before during since although though however but and or so then thus therefore moreover
    furthermore finally our its his her their my your all both each no not one two some many most such what
    which who how why where is are was were do does did can could will would may please thanks patient patients
    results conclusion conclusions methods background further also among because between under upon only once
    der die das ein eine es er sie wir ihr ich dies diese dieser dieses hier dort dabei daher damit danach dann
    auch aber und oder nach vor bei mit ohne im am auf aus für zu zum zur wenn weil da als ob soweit sofern nur
    denn of le la les un une il elle ils elles ce cette dans pour sur mais et nous vous el los las una en por
    con para se lo gli
    """
)
