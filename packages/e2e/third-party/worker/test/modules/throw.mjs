throw new Error("no luck\ntoday");
